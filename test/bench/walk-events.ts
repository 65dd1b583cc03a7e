// SPDX-License-Identifier: Apache-2.0
// The events that every arm drains: CloudEvents of 545 bytes as our sdk writes them, conforming under the policy
// that comes along, each source numbering its own without gaps.

export const PARTITIONS = 6;
export const EVENT_BYTES = 545;
const SOURCES_A_PARTITION = 8;
const PURPOSES = ['billing', 'service_provision', 'contract_conclusion'];
const FIELDS = ['basic.name', 'basic.address', 'basic.phone', 'basic.contract_number'];
const CHANNELS = ['phone', 'web', 'counter'];

export interface WalkEvent {
  /** Source and epoch, as our sdk keys its messages. */
  key: string;
  value: Buffer;
}

/** The `n`th event of a partition, from 0; its own clock says `since` plus a millisecond each. */
export function walkEvent(partition: number, n: number, since: number): WalkEvent {
  const source = `/desk/${partition + PARTITIONS * (n % SOURCES_A_PARTITION)}`;
  const key = `${source}+1`;
  const seed = n * PARTITIONS + partition;
  const text = eventText(source, key, n, seed, since);
  const missing = EVENT_BYTES - text.length;
  if (missing < 0)
    throw new RangeError(`event ${n} takes ${text.length} bytes, expected at most ${EVENT_BYTES}`);
  return { key, value: Buffer.from(text.replace('"session":"S', `"session":"S${'0'.repeat(missing)}`)) };
}

function eventText(source: string, key: string, n: number, seed: number, since: number): string {
  const customer = scrambled(seed % 60_000, 1).slice(0, 22);
  return JSON.stringify({
    specversion: '1.0',
    id: uuid(seed, since),
    source,
    type: 'io.ashiato.access.v1',
    time: new Date(since + n).toISOString(),
    sequence: String(Math.floor(n / SOURCES_A_PARTITION) + 1),
    sourceepoch: '1',
    partitionkey: key,
    data: {
      actor: {
        id: `E-${(seed * 7) % 400}`,
        type: 'user',
        org: 'own',
        role: 'billing',
        session: `S${seed % 5000}`,
      },
      subject: { ref: `s1.${customer}` },
      operation: 'use',
      fields: [FIELDS[seed % 4], FIELDS[(seed + 1) % 4]].slice(seed % 2),
      purpose: PURPOSES[n % PURPOSES.length],
      business: 'electricity',
      channel: CHANNELS[n % CHANNELS.length],
      refs: { contract: `c1.${scrambled(seed % 60_000, 2).slice(0, 22)}` },
    },
  });
}

function uuid(seed: number, since: number): string {
  const time = (since + seed).toString(16).padStart(12, '0');
  const rest = scrambled(seed, 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}

/** 24 hexadecimal digits that look random, always the same ones (three rounds of murmur3's finisher). */
function scrambled(seed: number, salt: number): string {
  return [0, 1, 2].map(part => mixed(seed * 31 + salt * 7919 + part * 104_729)).join('');
}

function mixed(seed: number): string {
  let hash = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
