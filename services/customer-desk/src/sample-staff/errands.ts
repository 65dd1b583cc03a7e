// SPDX-License-Identifier: Apache-2.0
// What the sample staff does all day. Most of it is as it should be; some of it is not, as in real life.
import type { CaseKind } from '../cases.ts';
import type { Counter } from './counter.ts';

export type Group = 'desk' | 'billing' | 'supply' | 'call_centre';

/** Everything that is chosen, from one source of randomness. */
export interface Draw {
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  /** A customer of the sample: number and name. */
  customer(): Customer;
}

export interface Errand {
  name: string;
  group: Group;
  /** How often, relative to the others. */
  weight: number;
  /** What the first policy says of the worst of its accesses (strict); a test holds the two together. */
  expected: 'conforming' | 'undetermined' | 'violation';
  run(counter: Counter, draw: Draw): Promise<void>;
}

interface Customer {
  number: string;
  name: string;
}

/** A case about some customer, from the search to its end. */
function inCase(
  kind: CaseKind,
  by: 'number' | 'name',
  work: (counter: Counter, customer: Customer, draw: Draw) => Promise<void>,
): Errand['run'] {
  return async (counter, draw) => {
    const customer = draw.customer();
    await counter.openCase(kind);
    await counter.find(customer[by]);
    await counter.handle(customer.number);
    await work(counter, customer, draw);
    await counter.closeCase();
  };
}

const lookAt =
  (way: string) =>
  (counter: Counter, { number }: Customer) =>
    counter.look(number, way);

async function changeAddress(counter: Counter, { number }: Customer, draw: Draw): Promise<void> {
  await counter.look(number, 'address');
  await counter.send(`/customers/${number}/address`, newAddress(draw));
}

const newAddress = (draw: Draw) => ({
  address: `見本県例示市転居町${draw.between(1, 9)}-${draw.between(1, 20)}`,
  phone: `000-0000-${draw.between(2000, 2999)}`,
});

export const ERRANDS: readonly Errand[] = [
  {
    name: 'the desk answers a question about the contract',
    group: 'desk',
    weight: 26,
    expected: 'conforming',
    run: inCase('inquiry', 'number', lookAt('contract')),
  },
  {
    name: 'the call centre takes a call',
    group: 'call_centre',
    weight: 22,
    expected: 'conforming',
    run: inCase('inquiry', 'number', async (counter, { number }) => {
      await counter.look(number, 'note');
      await counter.send(`/customers/${number}/note`, { text: '見本: 料金メニューについて説明した。' });
    }),
  },
  {
    name: 'a bill is explained',
    group: 'billing',
    weight: 20,
    expected: 'conforming',
    run: inCase('bill', 'number', lookAt('usage')),
  },
  {
    name: 'a complaint is looked into, the customer found by name',
    group: 'desk',
    weight: 7,
    expected: 'conforming',
    run: inCase('complaint', 'name', async (counter, { number }) => {
      await counter.look(number, 'contract');
      await counter.look(number, 'usage');
    }),
  },
  {
    name: 'a customer moves',
    group: 'desk',
    weight: 10,
    expected: 'conforming',
    run: inCase('move', 'number', changeAddress),
  },
  {
    name: 'a meter is to be exchanged',
    group: 'supply',
    weight: 8,
    expected: 'conforming',
    run: inCase('work', 'number', lookAt('contract')),
  },
  {
    name: 'the network operators are told of contracts that change',
    group: 'supply',
    weight: 5,
    expected: 'conforming',
    async run(counter, draw) {
      await counter.open('/export');
      await counter.send('/export', { area: draw.between(0, 1) === 0 ? 'tokyo' : 'kansai' });
    },
  },
  {
    name: 'somebody looks a customer up without any case',
    group: 'desk',
    weight: 3,
    expected: 'undetermined',
    async run(counter, draw) {
      const { number, name } = draw.customer();
      await counter.find(name);
      await counter.look(number);
    },
  },
  {
    name: 'usage is read for an inquiry that does not need it',
    group: 'desk',
    weight: 2.5,
    expected: 'undetermined',
    run: inCase('inquiry', 'number', lookAt('usage')),
  },
  {
    name: 'the call centre reads what was noted before',
    group: 'call_centre',
    weight: 2,
    expected: 'undetermined',
    run: inCase('inquiry', 'number', lookAt('notes')),
  },
  {
    name: 'the call centre tries to make a file for the network operator',
    group: 'call_centre',
    weight: 0.5,
    expected: 'undetermined',
    async run(counter) {
      await counter.open('/export');
      await counter.send('/export', { area: 'tokyo' }, 403);
    },
  },
  {
    name: 'an address is changed that nobody asked to change',
    group: 'desk',
    weight: 1,
    expected: 'violation',
    run: inCase('inquiry', 'number', changeAddress),
  },
];
