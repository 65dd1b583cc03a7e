// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { leafHash, rootOf, toHex } from '@ashiato/tlog';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decryptMember } from './encrypt-members.ts';
import { draftOf, eventText, openTestLedger, type TestLedger } from './ledger.testing.ts';
import { createLedger } from './ledger.ts';
import { recordLines, records, type Segment, segmentKey } from './segment.ts';
import { rootOfStored, storedLeaf } from './stored-leaves.ts';
import { verifySegment } from './verify-segment.ts';

let test: TestLedger;
beforeEach(() => {
  test = openTestLedger();
});
afterEach(() => test.close());

async function commitOne(messages: (Buffer | string)[]): Promise<{ segment: Segment; root: string }> {
  const tip = await test.ledger.takeOver('access', 0);
  const committed = await test.ledger.commit(tip, draftOf(tip, messages));
  if (committed === 'lost') throw new Error('lost without a rival');
  return { ...committed, root: rootOfStored(committed.segment.raw) };
}

describe('a committed segment', () => {
  it('reads back with the same bytes, root and chain', async () => {
    const first = await commitOne([eventText('a'), eventText('b')]);
    const second = await commitOne([eventText('c')]);
    const read = (await test.ledger.read('access', 0, 2))!;
    expect(read.raw.equals(second.segment.raw)).toBe(true);
    expect(read.header).toMatchObject({ from: 2, to: 2, previous: first.segment.sha256 });
    expect(verifySegment(read, { to: 1, sha256: first.segment.sha256 })).toEqual({ root: second.root });
    expect(await test.ledger.partitions('access')).toEqual([0]);
  });

  it('holds the bytes as received, also with line breaks, spaces, escapes and other scripts', async () => {
    const texts = [
      eventText('a'),
      JSON.stringify(JSON.parse(eventText('b')), null, 2),
      eventText('c').replace('"id":"c"', '"id" : "\\u0063"'),
      eventText('d', { data: { note: '東京' } }),
    ];
    const { segment } = await commitOne(texts);
    const [a, b, c] = [...records(segment)] as { event?: object; event_b64?: string }[];
    expect(a!.event).toEqual(JSON.parse(texts[0]!));
    expect(Buffer.from(b!.event_b64!, 'base64').toString()).toBe(texts[1]);
    expect([...recordLines(segment)][2]).toContain(texts[2]);
    expect(c!.event).toEqual(JSON.parse(texts[2]!));
  });

  it('gives every message a line and a leaf, for any mix of messages', async () => {
    const message = fc.oneof(
      fc
        .record({ id: fc.stringMatching(/^[a-z0-9]{1,8}$/), note: fc.jsonValue(), indent: fc.nat(2) })
        .map(({ id, note, indent }) =>
          JSON.stringify(JSON.parse(eventText(id, { data: { note } })), null, indent),
        ),
      fc.uint8Array({ maxLength: 60 }).map(Buffer.from),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(message as fc.Arbitrary<string | Buffer>, { minLength: 1, maxLength: 8 }),
        async messages => {
          const { segment, root } = await commitOne(messages);
          const lines = segment.raw.toString('latin1').split('\n').slice(0, -1);
          expect(lines).toHaveLength(messages.length + 1);
          const leaves = [
            leafHash(Buffer.from(lines[0]!, 'latin1')),
            ...lines.slice(1).map(line => storedLeaf(line)),
          ];
          expect(toHex(rootOf(Buffer.concat(leaves)))).toBe(root);
          expect(segment.raw.length).toBe(segment.raw.lastIndexOf(10) + 1);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('proves a record without naming the member of staff, and names them by salt and who', async () => {
    const { segment } = await commitOne([eventText('a', { actor: 'E-42' })]);
    const line = [...recordLines(segment)][0]!;
    const { salt } = JSON.parse(line) as { salt: string };
    const publicLine = line.replace(`"${salt}"`, 'null').replace('{"id":"E-42","type":"user"}', 'null');
    expect(publicLine).not.toContain('E-42');
    const who = Buffer.from('{"id":"E-42","type":"user"}\0\0');
    const digest = createHash('sha256').update(Buffer.from(salt, 'hex')).update(who).digest();
    expect(leafHash(Buffer.concat([Buffer.from(publicLine), digest]))).toEqual(storedLeaf(line));
    const other = createHash('sha256').update(Buffer.from(salt, 'hex')).update('{"id":"E-43"}\0\0').digest();
    expect(leafHash(Buffer.concat([Buffer.from(publicLine), other]))).not.toEqual(storedLeaf(line));
    const header = segment.raw.subarray(0, segment.raw.indexOf(10));
    expect(toHex(rootOf(Buffer.concat([leafHash(header), storedLeaf(line)])))).toBe(
      rootOfStored(segment.raw),
    );
  });
});

describe('what may be personal data', () => {
  const secret = '山田太郎 090-1234-5678';

  it('is nowhere in the segment, and comes back with the key of its record and place', async () => {
    const messages = [
      eventText('a', { data: { subject: { ref: secret } } }),
      eventText('b', { data: { note: { free: secret } } }),
      `{"broken": "${secret}"`,
    ];
    const { segment } = await commitOne(messages);
    expect(segment.raw.includes(Buffer.from('山田'))).toBe(false);
    expect(segment.raw.includes(Buffer.from('090-1234'))).toBe(false);
    const side = (await test.objects.get(segment.header.keys!))!;
    const { keys } = JSON.parse(Buffer.from(side.bytes).toString()) as { keys: Record<string, string> };
    const key = (offset: number) => Buffer.from(keys[offset]!, 'base64');
    const [a, b, c] = [...records(segment)] as never as {
      encrypted: never;
      event: { data: { subject: { ref: string } } };
    }[];
    const sealed = a!.encrypted[0] as never as Parameters<typeof decryptMember>[2];
    expect(decryptMember(key(0), 'access.0.0', sealed)?.toString()).toBe(JSON.stringify(secret));
    expect(a!.event.data.subject.ref).toBe(sealed.commitment);
    expect(decryptMember(key(1), 'access.0.1', b!.encrypted[0])?.toString()).toBe(
      JSON.stringify({ free: secret }),
    );
    expect(decryptMember(key(2), 'access.0.2', c!.encrypted)?.toString()).toBe(messages[2]);
    expect(decryptMember(key(1), 'access.0.0', sealed)).toBeUndefined();
    expect(decryptMember(key(0), 'access.0.1', sealed)).toBeUndefined();
    expect((await test.objects.remove(segment.header.keys!)).outcome).toBe('removed');
  });
});

describe('two recorders', () => {
  it('one wins the key, the other is told and goes on after the winner', async () => {
    const [one, two] = [await test.ledger.takeOver('access', 0), await test.ledger.takeOver('access', 0)];
    const results = await Promise.all([
      test.ledger.commit(one, draftOf(one, [eventText('a')])),
      test.ledger.commit(two, draftOf(two, [eventText('a'), eventText('b')])),
    ]);
    expect(results.filter(result => result === 'lost')).toHaveLength(1);
    const next = await test.ledger.takeOver('access', 0);
    expect(next.next).toBe(results[0] === 'lost' ? 2 : 1);
    await test.ledger.commit(next, draftOf(next, [eventText('z')]));
    const chain: Segment[] = [];
    for await (const segment of test.ledger.walk('access', 0)) chain.push(segment);
    expect(verifySegment(chain[1]!, { to: chain[0]!.header.to, sha256: chain[0]!.sha256 })).toHaveProperty(
      'root',
    );
  });
});

describe('take-over', () => {
  it('stands where the first recorder stood, with and without a snapshot', async () => {
    const tip = await test.ledger.takeOver('access', 3);
    for (let i = 0; i < 120; i++) {
      const draft = draftOf(tip, [
        eventText(`n${i}`, { sequence: i === 50 ? 60 : i + 1 }),
        eventText(`u${i % 7}`, { source: '/foreign' }),
        eventText(`s${i}`, { sequence: i + 1, source: '/b', data: i % 3 ? {} : { note: Math.random() } }),
      ]);
      expect(await test.ledger.commit(tip, draft)).not.toBe('lost');
    }
    const snapshots: string[] = [];
    for await (const { key } of test.objects.list('snapshots/')) snapshots.push(key);
    expect(snapshots).toHaveLength(1);
    const again = await test.ledger.takeOver('access', 3);
    expect(again).toMatchObject({ next: tip.next, previous: tip.previous, lastFrom: tip.lastFrom });
    expect(again.segmentsSinceSnapshot).toBe(20);
    expect(again.sources.dump()).toEqual(tip.sources.dump());
    await test.objects.remove(snapshots[0]!).then(({ outcome }) => expect(outcome).toBe('refused'));
  });

  it('refuses a segment that does not follow from the one before', async () => {
    await commitOne([eventText('a')]);
    const elsewhere = openTestLedger();
    try {
      const tip = await elsewhere.ledger.takeOver('access', 0);
      await elsewhere.ledger.commit(tip, draftOf(tip, [eventText('x')]));
      await elsewhere.ledger.commit(tip, draftOf(tip, [eventText('y')]));
      const foreign = (await elsewhere.objects.get(segmentKey('access', 0, 1)))!;
      await test.objects.create(segmentKey('access', 0, 1), foreign.bytes, {});
    } finally {
      await elsewhere.close();
    }
    await expect(test.ledger.takeOver('access', 0)).rejects.toMatchObject({ code: 'CHAIN' });
  });

  it('refuses to record into a hole: a segment gone before others is named', async () => {
    const whole = openTestLedger();
    try {
      const tip = await whole.ledger.takeOver('access', 0);
      for (const id of ['a', 'b', 'c']) await whole.ledger.commit(tip, draftOf(tip, [eventText(id)]));
      for (const from of [0, 2]) {
        const key = segmentKey('access', 0, from);
        await test.objects.create(key, (await whole.objects.get(key))!.bytes, {});
      }
    } finally {
      await whole.close();
    }
    const refused = test.ledger.takeOver('access', 0);
    await expect(refused).rejects.toMatchObject({ code: 'CHAIN' });
    await expect(refused).rejects.toThrow(`${segmentKey('access', 0, 1)} is missing`);
  });

  it('refuses a format it does not know and bytes that are no segment', async () => {
    await test.objects.create(segmentKey('access', 0, 0), Buffer.from('not zstd'), {});
    await expect(createLedger(test).takeOver('access', 0)).rejects.toMatchObject({ code: 'SEGMENT_SHAPE' });
  });
});

describe('verifySegment', () => {
  const flip = (segment: Segment, find: string, replace: string): Segment => {
    const text = segment.raw.toString('latin1');
    expect(text).toContain(find);
    return { ...segment, raw: Buffer.from(text.replace(find, replace), 'latin1') };
  };

  it('finds a changed byte by the root, a removed line by the offsets, a wrong chain by previous', async () => {
    const { segment, root } = await commitOne([eventText('a'), eventText('b'), eventText('c')]);
    expect(verifySegment(segment, null)).toEqual({ root });
    const changed = verifySegment(flip(segment, '"purpose":"billing"', '"purpose":"killing"'), null);
    expect(changed).toHaveProperty('root');
    expect(changed).not.toEqual({ root });
    const actor = verifySegment(flip(segment, '"id":"E-1"', '"id":"E-2"'), null);
    expect(actor).not.toEqual({ root });
    const lines = segment.raw.toString('latin1').split('\n');
    const removed = { ...segment, raw: Buffer.from([lines[0], lines[1], lines[3], ''].join('\n'), 'latin1') };
    expect(verifySegment(removed, null)).toMatchObject({ offset: 2, fault: 'expected offset 1, found 2' });
    const swapped = {
      ...segment,
      raw: Buffer.from([lines[0], lines[2], lines[1], lines[3], ''].join('\n'), 'latin1'),
    };
    expect(verifySegment(swapped, null)).toMatchObject({ offset: 1 });
    expect(verifySegment(segment, { to: -1, sha256: 'ff' })).toMatchObject({
      fault: expect.stringContaining('previous'),
    });
    expect(verifySegment(segment, { to: 4, sha256: 'ff' })).toMatchObject({
      fault: expect.stringContaining('begins'),
    });
    expect(verifySegment(flip(segment, '"salt":', '"malt":'), null)).toHaveProperty('fault');
    expect(verifySegment(flip(segment, '{"offset":1', '{{offset":1'), null)).toMatchObject({
      fault: expect.stringContaining('line 2'),
    });
  });
});
