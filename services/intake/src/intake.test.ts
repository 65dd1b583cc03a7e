// SPDX-License-Identifier: Apache-2.0
import { TOPICS } from '@ashiato/schema';
import { expect, test } from 'vitest';
import { event, startScene } from './intake.testing.ts';

const STRUCTURED = 'application/cloudevents+json';
const NDJSON = 'application/x-ndjson';
const BATCH = 'application/cloudevents-batch+json';

test('one structured event is durable when 202 comes, its bytes as sent', async () => {
  const { send, bytesAt, queue } = await startScene();
  const { spelled } = event();
  const { status, body } = await send(`${STRUCTURED}; charset=UTF-8`, spelled);
  expect(status).toBe(202);
  expect(body).toEqual({
    accepted: 1,
    items: [
      {
        index: 0,
        id: 'e-1',
        kept: true,
        position: { topic: 'ashiato.access.v1', partition: 0, offset: 0 },
        record: 'access.0.0',
      },
    ],
  });
  expect(await bytesAt(body.items[0]!)).toBe(spelled);
  expect(Buffer.from((await queue.readAt(TOPICS.access, 0, 0))!.key!).toString()).toBe('/desk/web-1');
});

test('NDJSON keeps each line as it is, whatever ends it', async () => {
  const { send, bytesAt } = await startScene();
  const lines = [event({ id: 'a' }).spelled, event({ id: 'b' }).text, event({ id: 'c' }).spelled];
  const { status, body } = await send(NDJSON, `${lines[0]}\r\n\n${lines[1]}\n${lines[2]}`);
  expect(status).toBe(202);
  expect(body.items.map(({ id, line }) => [id, line])).toEqual([
    ['a', 1],
    ['b', 3],
    ['c', 4],
  ]);
  expect(await Promise.all(body.items.map(bytesAt))).toEqual(lines);
  expect(await send(NDJSON, '')).toMatchObject({ status: 202, body: { accepted: 0, items: [] } });
});

test('a batch is cut into the bytes of its elements', async () => {
  const { send, bytesAt } = await startScene();
  const texts = [event({ id: 'a' }).spelled, event({ id: 'b' }, { refs: { ticket: 'T-[1]' } }).text];
  const { status, body } = await send(BATCH, ` [ ${texts[0]}\n ,\t${texts[1]} ] `);
  expect({ status, accepted: body.accepted }).toEqual({ status: 202, accepted: 2 });
  expect(body.items[1]!.problems?.[0]?.member).toBe('/data/refs/ticket');
  expect(await Promise.all(body.items.map(bytesAt))).toEqual(texts);
});

test('binary mode is put together here, header values decoded, the body bytes kept', async () => {
  const { send, bytesAt } = await startScene();
  const { whole } = event();
  const data = JSON.stringify(whole.data, null, 1);
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': '%65-1',
    'ce-source': '"/desk/web-1"',
    'ce-type': whole.type,
    'ce-time': whole.time,
    'ce-sequence': '7',
    'ce-sourceepoch': '1790000000000',
  };
  const { status, body } = await send('application/json; charset=utf-8', data, headers);
  expect({ status, items: body.items }).toMatchObject({ status: 202, items: [{ id: 'e-1' }] });
  const kept = await bytesAt(body.items[0]!);
  expect(kept).toContain(`"data":${data}`);
  expect(JSON.parse(kept)).toEqual({
    ...whole,
    sequence: '7',
    sourceepoch: '1790000000000',
    datacontenttype: 'application/json',
  });
  const wrong = await send('application/json', data, { ...headers, 'ce-id': '%C0%A0' });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_header' } });
});

test('a binary body that is no JSON is kept, named, and cannot write attributes', async () => {
  const { send, bytesAt } = await startScene();
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': 'x',
    'ce-source': '/desk/a',
    'ce-type': 'io.ashiato.access.v1',
  };
  const body = '{"actor":1},"source":"/other"';
  const answered = await send('application/json', body, headers);
  expect(answered.status).toBe(202);
  expect(answered.body.items[0]!.problems!.map(({ member }) => member)).toEqual(
    expect.arrayContaining(['/data', '/data_base64', '/time']),
  );
  const kept = JSON.parse(await bytesAt(answered.body.items[0]!));
  expect(kept.source).toBe('/desk/a');
  expect(Buffer.from(kept.data_base64, 'base64').toString()).toBe(body);
});

test('an event with problems is accepted with each of them named', async () => {
  const { send, bytesAt } = await startScene();
  const { text } = event({ colour: 'red' }, { subject: { ref: 'Sato' }, purpose: undefined });
  const { status, body } = await send(STRUCTURED, text);
  expect(status).toBe(202);
  const found = body.items[0]!.problems!.map(({ member, code }) => `${member} ${code}`);
  expect(found.sort()).toEqual([
    '/colour outside_schema',
    '/data/purpose missing',
    '/data/subject/ref malformed',
  ]);
  expect(await bytesAt(body.items[0]!)).toBe(text);
});

test.each([
  ['invalid_json', '{"specversion":'],
  ['duplicate_member', event().text.replace('"id"', '"id":"e-0","id"')],
  ['not_a_cloudevent', '{"hello":1}'],
  ['unknown_type', event({ type: 'com.example.other' }).text],
])('bytes that are no event (%s) are kept as evidence and answered 400', async (unreadable, text) => {
  const { send, bytesAt } = await startScene();
  const { status, headers, body } = await send(STRUCTURED, text);
  expect(status).toBe(400);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ code: 'unreadable_event', kept: true, accepted: 0 });
  expect(body.detail).toContain('event 0');
  expect(body.items[0]).toMatchObject({ kept: true, unreadable, record: 'access.0.0' });
  expect(await bytesAt(body.items[0]!)).toBe(text);
});

test('in a mixed body every line is handled, and the answer names the first wrong one', async () => {
  const { send, bytesAt, queue } = await startScene();
  const lines = [event({ id: 'a' }).text, 'noise', event({ id: 'b' }, { memo: 'x' }).text];
  const { status, body } = await send(NDJSON, lines.join('\n'));
  expect({ status, code: body.code, accepted: body.accepted }).toEqual({
    status: 400,
    code: 'unreadable_event',
    accepted: 2,
  });
  expect(body.detail).toContain('line 2');
  expect(await Promise.all(body.items.map(bytesAt))).toEqual(lines);
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(3);
});

test('an event over 64 KiB is not kept, and said so; the others are', async () => {
  const { send, queue } = await startScene();
  const large = event({ id: 'large' }, { memo: 'x'.repeat(65_536) }).text;
  const { status, body } = await send(NDJSON, `${event().text}\n${large}\nnoise`);
  expect({ status, code: body.code, accepted: body.accepted }).toEqual({
    status: 413,
    code: 'event_too_large',
    accepted: 1,
  });
  expect(body.items.map(({ kept }) => kept)).toEqual([true, false, true]);
  expect(body.items[1]!.too_large).toBe(large.length);
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(2);
  expect((await send(STRUCTURED, large)).body.items).toEqual([
    { index: 0, too_large: large.length, kept: false },
  ]);
});

test('limits on body and count keep nothing', async () => {
  const { send, queue } = await startScene();
  expect(await send(NDJSON, 'x'.repeat(4 * 1024 * 1024 + 1))).toMatchObject({
    status: 413,
    body: { code: 'body_too_large' },
  });
  expect(await send(NDJSON, '1\n'.repeat(10_001))).toMatchObject({
    status: 413,
    body: { code: 'too_many_events' },
  });
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(0);
  expect(await send(NDJSON, '1\n'.repeat(10_000))).toMatchObject({ status: 400, body: { accepted: 0 } });
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(10_000);
});

test('Prefer: handling=strict refuses the whole body when anything is wrong', async () => {
  const { send, queue } = await startScene();
  const prefer = { prefer: 'respond-async, handling=strict' };
  const wrong = `${event().text}\n${event({}, { memo: 'x' }).text}`;
  const { status, headers, body } = await send(NDJSON, wrong, prefer);
  expect({ status, code: body.code, kept: body.kept }).toEqual({
    status: 400,
    code: 'refused_strictly',
    kept: false,
  });
  expect(headers.get('preference-applied')).toBe('handling=strict');
  expect(body.items[1]!.problems![0]!.member).toBe('/data/memo');
  expect((await send(NDJSON, 'noise', prefer)).body.code).toBe('refused_strictly');
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(0);
  expect((await send(NDJSON, event().text, prefer)).status).toBe(202);
  expect((await send(NDJSON, wrong, { prefer: 'handling=lenient' })).status).toBe(202);
});

test('the type decides the topic, and source and epoch the key', async () => {
  const { send, token, queue } = await startScene();
  const context = event({
    type: 'io.ashiato.context.ticket.v1',
    data: { id: 'f-1', valid_from: '2026-06-02T10:00:00Z', ticket: 'T-1' },
    sourceepoch: '17',
  });
  const control = event({
    type: 'io.ashiato.control.recorder_started.v1',
    data: { recorder: 'r-1', evaluator: 'e-1' },
    partitionkey: '/desk/web-1#99',
  });
  const first = await send(STRUCTURED, context.text);
  expect(first.body.items[0]).toMatchObject({ record: 'context.0.0' });
  expect(Buffer.from((await queue.readAt(TOPICS.context, 0, 0))!.key!).toString()).toBe('/desk/web-1#17');
  expect(await send(STRUCTURED, control.text)).toMatchObject({
    status: 403,
    body: { code: 'role_not_allowed' },
  });
  const admin = { authorization: `Bearer ${token.admin}` };
  const { body } = await send(STRUCTURED, control.text, admin);
  expect(body.items[0]).toMatchObject({ record: 'control.0.0' });
  expect(Buffer.from((await queue.readAt(TOPICS.control, 0, 0))!.key!).toString()).toBe('/desk/web-1#99');
});

test('tokens: missing, wrong, of another role, for another source', async () => {
  const { send, token, tokens, queue } = await startScene();
  const ask = (authorization: string, text = event().text) => send(NDJSON, text, { authorization });
  const missing = await ask('Basic x');
  expect(missing).toMatchObject({ status: 401, body: { code: 'token_missing' } });
  expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="ashiato"');
  const wrong = await ask('Bearer nonsense');
  expect(wrong).toMatchObject({ status: 401, body: { code: 'token_refused' } });
  expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect(await ask(`Bearer ${token.viewer}`)).toMatchObject({
    status: 403,
    body: { code: 'role_not_allowed' },
  });

  const mixed = `${event().text}\n${event({ source: '/other/x' }).text}`;
  const foreign = await ask(`Bearer ${token.desk}`, mixed);
  expect(foreign).toMatchObject({
    status: 403,
    body: { code: 'source_not_allowed', source_prefix: '/desk/' },
  });
  expect(foreign.body.detail).toContain('/desk/');
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(0);
  expect((await ask(`Bearer ${token.desk}`)).status).toBe(202);

  const { id, token: short } = tokens.issue({ role: 'emitter', label: 'test' });
  tokens.revoke(id);
  expect((await ask(`Bearer ${short}`)).status).toBe(401);
});

test('other content types and compressed bodies are 415, with the remedy', async () => {
  const { send } = await startScene();
  for (const type of ['text/plain', 'application/json', 'application/cloudevents+avro']) {
    const { status, body } = await send(type, event().text);
    expect({ status, code: body.code }).toEqual({ status: 415, code: 'content_type' });
    expect(body.detail).toContain('application/x-ndjson');
  }
  const compressed = await send(NDJSON, event().text, { 'content-encoding': 'gzip' });
  expect(compressed).toMatchObject({ status: 415, body: { code: 'content_encoding' } });
  expect(await send(STRUCTURED, '')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
});
