// SPDX-License-Identifier: Apache-2.0
import {
  completenessStatement,
  problem,
  recordsPage,
  recordView,
  usageReport,
  verdictView,
} from '@ashiato/schema';
import { createReports } from '@ashiato/warehouse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessEvent, deafWarehouse, openScene, type Scene } from './api.testing.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene([
    accessEvent('e-1'),
    accessEvent('e-2', { purpose: 'marketing', fields: ['basic.name', 'basic.address'] }),
    accessEvent('e-3', { subject: { ref: 'K-88' }, refs: {}, surprise: 'kept encrypted' }),
    'no json',
  ]);
});
afterAll(() => scene.stop());

const items = (body: Record<string, unknown>) => body.items as Record<string, unknown>[];

test('usage answers counts with the frontier they hold up to', async () => {
  const { status, body } = await scene.ask('/v1/usage?by=purpose,field', { role: 'viewer' });
  expect(status).toBe(200);
  const report = usageReport.parse(body);
  expect(
    report.items.find(({ purpose, field }) => purpose === 'billing' && field === 'basic.name')?.count,
  ).toBe(2);
  expect(report).toMatchObject({
    mode: 'strict',
    from: null,
    frontier: [{ stream: 'access', partition: 0, to: 3 }],
  });
});

test('completeness answers from the segments, with every gap in words; also while ClickHouse is away', async () => {
  const interval = 'from=2026-05-31T13:00:00Z&to=2026-05-31T15:00:00Z';
  const { status, body } = await scene.ask(`/v1/completeness?${interval}`, { role: 'viewer' });
  expect(status).toBe(200);
  const statement = completenessStatement.parse(body);
  expect(statement.partitions).toMatchObject([
    { stream: 'access', first: 0, last: 3, records: 4, unreadable: 1 },
  ]);
  expect(statement.in_flight).toMatchObject([{ committed_to: 3, projected_to: 3 }]);
  const codes = statement.gaps.map(({ code }) => code);
  expect(codes).toEqual([
    'not_begun',
    'not_reached',
    'unreadable',
    'no_source',
    'not_covered',
    'unlisted_source',
  ]);
  const csv = await scene.ask(`/v1/completeness?${interval}&format=csv`);
  expect(csv.text.split('\r\n')[3]).toMatch(/^unreadable,access\.0\.3,/);
  const warehouse = deafWarehouse();
  const away = await scene.variant({ warehouse, reports: createReports(warehouse) });
  const alone = await away.ask(`/v1/completeness?${interval}`);
  expect(completenessStatement.parse(alone.body).in_flight).toMatchObject([
    { committed_to: 3, projected_to: null },
  ]);
});

test('literal and strict are two readings', async () => {
  const count = async (mode: string) => {
    const { body } = await scene.ask(`/v1/usage?by=purpose&mode=${mode}&purpose=billing`);
    return items(body)[0]!.undetermined;
  };
  // Billing without a bill or a contract: the text says nothing of it, the purpose needs one.
  expect([await count('literal'), await count('strict')]).toEqual([0, 1]);
});

test('records answer with the sentences of the policy, and the read is recorded first', async () => {
  scene.reads.length = 0;
  const headers = { authorization: `Bearer ${scene.token.investigator}`, 'ashiato-case': 'CASE-1' };
  const { status, body } = await scene.ask('/v1/records?field=basic.name&limit=2', { headers });
  expect(status).toBe(200);
  const page = recordsPage.parse(body);
  expect(page.items.map(({ event_id }) => event_id)).toEqual(['e-3', 'e-2']);
  const findings = page.items.flatMap(({ verdict }) => verdict?.findings ?? []);
  expect(findings.length).toBeGreaterThan(0);
  for (const { ja, en, code } of findings) expect(ja !== code && en !== code).toBe(true);
  expect(scene.reads).toMatchObject([
    {
      role: 'investigator',
      operation: 'list_records',
      case: 'CASE-1',
      filters: ['field'],
      subjects: ['K-88', 'K-77'],
      records: 2,
    },
  ]);
  const next = await scene.ask(`/v1/records?field=basic.name&limit=2&cursor=${page.next_cursor}`);
  expect(items(next.body).map(({ event_id }) => event_id)).toEqual(['e-1']);
  expect(next.body.next_cursor).toBeNull();
});

test('a record carries its event as committed', async () => {
  const { status, body } = await scene.ask('/v1/records/access.0.2');
  expect(status).toBe(200);
  recordView.parse(body);
  const event = body.event as { data: Record<string, unknown> };
  expect(event).toMatchObject({ id: 'e-3', data: { subject: { ref: 'K-88' } } });
  expect(event.data.surprise).toMatch(/^sha256:/);
  expect(body.encrypted).toMatchObject([{ member: '/data/surprise' }]);
  expect((await scene.ask('/v1/records/access.0.3')).body).toMatchObject({
    event: null,
    unreadable: 'invalid_json',
  });
  expect((await scene.ask('/v1/records/access.0.4')).body).toMatchObject({
    status: 404,
    code: 'record_not_found',
  });
  expect((await scene.ask('/v1/records/nonsense')).body).toMatchObject({
    status: 404,
    code: 'record_not_found',
  });
});

test('a read that cannot be recorded is not answered', async () => {
  const recordRead = () => Promise.reject(new Error('spool full'));
  const { ask } = await scene.variant({ recordRead });
  for (const path of ['/v1/records', '/v1/records/access.0.0']) {
    const { status, body, text } = await ask(path);
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'read_not_recorded' });
    expect(text).not.toContain('K-77');
  }
  expect((await ask('/v1/usage')).status).toBe(200);
});

test.each([
  ['viewer', '/v1/usage', 200],
  ['viewer', '/v1/policies', 200],
  ['viewer', '/v1/completeness', 200],
  ['emitter', '/v1/completeness', 403],
  ['viewer', '/v1/records', 403],
  ['viewer', '/v1/records/access.0.0', 403],
  ['investigator', '/v1/records', 200],
  ['investigator', '/metrics', 403],
  ['emitter', '/v1/usage', 403],
  ['regulator', '/v1/records', 403],
  ['admin', '/metrics', 200],
] as const)('%s asks %s: %i', async (role, path, status) => {
  expect((await scene.ask(path, { role })).status).toBe(status);
});

test('without a token, or with a wrong one, nothing is answered', async () => {
  for (const authorization of ['', 'Bearer x', 'Basic YTpi', `Bearer ashiato_admin_${'A'.repeat(43)}`]) {
    const { status, headers, body } = await scene.ask('/v1/usage', { headers: { authorization } });
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(headers.get('www-authenticate')).toContain('Bearer');
  }
  for (const open of ['/healthz', '/readyz', '/openapi.json', '/docs']) {
    expect((await scene.ask(open, { headers: { authorization: '' } })).status).toBe(200);
  }
});

test.each([
  ['/v1/usage?purposee=billing', 'unknown_parameter', 'purposee'],
  ['/v1/usage?by=purpose,colour', 'invalid_parameter', 'by'],
  ['/v1/usage?from=yesterday', 'invalid_parameter', 'from'],
  ['/v1/usage?from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z', 'invalid_parameter', 'to'],
  ['/v1/completeness?from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z', 'invalid_parameter', 'to'],
  ['/v1/usage?tz=Tokyo', 'invalid_parameter', 'tz'],
  ['/v1/usage?mode=strict&mode=literal', 'invalid_parameter', 'mode'],
  ['/v1/usage?stream=access', 'unknown_parameter', 'stream'],
  ['/v1/records?limit=0', 'invalid_parameter', 'limit'],
  ['/v1/records?limit=1001', 'invalid_parameter', 'limit'],
  ['/v1/records?cursor=AAAA', 'invalid_parameter', 'cursor'],
  ['/v1/records?verdict=bad', 'invalid_parameter', 'verdict'],
  ['/v1/records?subject=', 'invalid_parameter', 'subject'],
  ['/v1/records?__proto__=1', 'unknown_parameter', '__proto__'],
  ['/v1/records/access.0.0?x=1', 'unknown_parameter', 'x'],
  ['/healthz', undefined, undefined],
])('%s -> %s', async (path, code, member) => {
  const { status, headers, body } = await scene.ask(path);
  if (code === undefined) return expect(status).toBe(200);
  expect({ status, code: body.code }).toEqual({ status: 400, code });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(problem.parse(body).errors?.[0]).toMatchObject({ member, expected: expect.stringMatching(/.+/) });
});

test('a question over its limit is 422 and says how to narrow', async () => {
  const { ask } = await scene.variant({ reports: createReports(scene.deps.warehouse, { rows: 2 }) });
  const { status, body } = await ask('/v1/records');
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'query_over_limit' });
  expect(body.detail).toContain('narrow');
});

test('while ClickHouse is away: 503 with Retry-After, alive, vocabulary still there', async () => {
  const warehouse = deafWarehouse();
  const { ask } = await scene.variant({ warehouse, reports: createReports(warehouse) });
  for (const path of ['/v1/usage', '/v1/records', '/readyz']) {
    const { status, headers, body } = await ask(path);
    expect([path, status, body.code]).toEqual([path, 503, 'warehouse_unavailable']);
    expect(headers.get('retry-after')).toBe('5');
  }
  expect((await ask('/healthz')).body).toEqual({ alive: true });
  expect((await ask('/v1/policies/astmax-energy/2024-04-01')).body.counts).toBeNull();
  expect((await ask('/metrics')).text).toMatch(/^ashiato_warehouse_up\{.*\} 0$/m);
});

test('a segment that cannot be read is told, not hidden', async () => {
  const { ask } = await scene.variant({
    ledger: { read: () => Promise.reject(new Error('no such bucket')) },
  });
  expect((await ask('/v1/records/access.0.0')).body).toMatchObject({
    status: 503,
    code: 'segment_unavailable',
  });
});

test('policies: versions, vocabulary, live counts, and a verdict on demand', async () => {
  const listed = items((await scene.ask('/v1/policies')).body);
  expect(listed).toMatchObject([{ id: 'astmax-energy', version: '2024-04-01', effective_to: null }]);
  const { body } = await scene.ask('/v1/policies/astmax-energy/2024-04-01');
  expect(body.fields).toContainEqual(expect.objectContaining({ id: 'basic.name', group: 'basic' }));
  const counts = body.counts as { clause: string; count: number }[];
  const billing = (body.purposes as { id: string; clause: string }[]).find(({ id }) => id === 'billing')!;
  expect(counts.find(({ clause }) => clause === billing.clause)?.count).toBe(2);
  expect((await scene.ask('/v1/policies/astmax-energy/1999')).body.code).toBe('policy_not_found');
  const evaluate = (text: string, type = 'application/json') =>
    scene.ask('/v1/policies:evaluate', {
      method: 'POST',
      body: text,
      headers: { 'content-type': type, authorization: `Bearer ${scene.token.viewer}` },
    });
  const judged = await evaluate(accessEvent('x', { purpose: 'gossip' }));
  expect(verdictView.parse(judged.body).outcome).toBe('violation');
  for (const bad of ['[]', '{', '"x"']) {
    expect((await evaluate(bad)).body).toMatchObject({ status: 400, code: 'invalid_body' });
  }
  expect((await evaluate('{}', 'text/plain')).body.code).toBe('invalid_body');
  expect((await evaluate(JSON.stringify({ x: 'x'.repeat(70_000) }))).body).toMatchObject({ status: 413 });
});

test('CSV on request, with a cursor for the next page', async () => {
  const usage = await scene.ask('/v1/usage?by=purpose&format=csv');
  expect(usage.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(usage.text).toMatch(/^purpose,count,violations,undetermined\r\nbilling,2,/);
  const records = await scene.ask('/v1/records?format=csv&limit=1');
  expect(records.text.split('\r\n')).toHaveLength(3);
  const cursor = records.headers.get('ashiato-next-cursor');
  expect((await scene.ask(`/v1/records?format=csv&cursor=${cursor}`)).text).toContain('access.0.0');
});

test('a sign-in code opens one session; ended, it is none', async () => {
  const redeem = (code: string) =>
    scene.ask('/v1/session', {
      method: 'POST',
      body: JSON.stringify({ code }),
      headers: { 'content-type': 'application/json', authorization: '' },
    });
  const code = scene.signIns.issueSignIn('viewer');
  const opened = await redeem(code);
  expect(opened.body.role).toBe('viewer');
  const set = opened.headers.get('set-cookie')!;
  expect(set).toMatch(/^ashiato_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  const cookie = set.split(';')[0]!;
  expect((await scene.ask('/v1/usage', { headers: { cookie } })).status).toBe(200);
  expect((await scene.ask('/v1/records', { headers: { cookie } })).status).toBe(403);
  expect((await redeem(code)).status).toBe(401);
  expect((await scene.ask('/v1/session', { method: 'DELETE', headers: { cookie } })).status).toBe(204);
  expect((await scene.ask('/v1/usage', { headers: { cookie } })).status).toBe(401);
});

test('every answer carries the security headers, refusals too', async () => {
  for (const path of ['/v1/usage', '/v1/usage?x=1', '/nowhere', '/docs']) {
    const { headers } = await scene.ask(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  }
  expect((await scene.ask('/nowhere')).body).toMatchObject({ status: 404, code: 'not_found' });
});

test('metrics hold what is projected and no person', async () => {
  const { text, headers } = await scene.ask('/metrics');
  expect(headers.get('content-type')).toContain('text/plain');
  expect(text).toMatch(/^ashiato_projected_records\{stream="access".*\} 4$/m);
  expect(text).toMatch(/^ashiato_warehouse_up\{.*\} 1$/m);
  expect(text).not.toMatch(/K-77|E-100/);
});

test('no log holds a subject, a query or a token', async () => {
  await scene.ask('/v1/records?subject=K-77&actor=E-100');
  await scene.ask('/v1/records?subject=K-77&limit=x');
  const { ask } = await scene.variant({ reports: createReports(deafWarehouse()) });
  await ask('/v1/records?subject=K-77');
  expect(scene.logged()).toContain('warehouse_unavailable');
  expect(scene.logged()).not.toMatch(/K-77|E-100|ashiato_admin_|subject=/);
});
