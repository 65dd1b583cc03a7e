// SPDX-License-Identifier: Apache-2.0
// A fake of services/api for the browser test of the page alone: it answers from a list of records, and checks
// each answer against the shapes of @ashiato/schema. The real API is tested in its own room and end to end.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import {
  type CompletenessStatement,
  completenessStatement,
  problem,
  type RecordView,
  recordsPage,
  type UsageReport,
  usageReport,
} from '@ashiato/schema';
import { PAGE_CONTENT_SECURITY_POLICY } from '../server/index.ts';
import { sampleStatement } from './sample-completeness.ts';
import { samplePolicy } from './sample-policy.ts';

export interface FakeApi {
  origin: string;
  /** The code that opens a session, and as whom. Nobody is signed in before. */
  code: string;
  role: 'viewer' | 'investigator';
  records: RecordView[];
  policy: object;
  statement: CompletenessStatement;
  /** When set, every answer under /v1 is this problem. */
  broken: { status: number; code: string; title: string; detail: string } | null;
  /** Paths with queries asked so far, in order. */
  asked: string[];
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export async function startFakeApi(dist: string, records: RecordView[]): Promise<FakeApi> {
  const server = createServer((request, response) => {
    answer(fake, dist, request, response).catch((failure: Error) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(failure.message);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeApi = {
    origin: originOf(server),
    code: 'a-code-for-one-use',
    role: 'investigator',
    records,
    policy: samplePolicy,
    statement: sampleStatement,
    broken: null,
    asked: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return fake;
}

function originOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return `http://127.0.0.1:${address.port}`;
}

async function answer(fake: FakeApi, dist: string, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', fake.origin);
  if (!url.pathname.startsWith('/v1/')) return sendFile(dist, url.pathname, response);
  fake.asked.push(url.pathname + url.search);
  if (fake.broken) return sendProblem(response, fake.broken);
  if (url.pathname === '/v1/session') return openSession(fake, request, response);
  if (!request.headers.cookie?.includes('session=open')) return refuse(response, 401, 'unauthenticated');
  if (url.pathname === '/v1/usage') return send(response, usageReport.parse(usage(fake, url.searchParams)));
  if (url.pathname === '/v1/records') {
    if (fake.role === 'viewer') return refuse(response, 403, 'forbidden');
    return send(response, recordsPage.parse(page(fake, url.searchParams)));
  }
  if (url.pathname === '/v1/completeness') return send(response, completenessStatement.parse(fake.statement));
  const { id, version } = samplePolicy;
  const listing = { id, version, effective_from: '2024-04-01T00:00:00+09:00', effective_to: null };
  if (url.pathname === '/v1/policies') return send(response, { items: [listing], next_cursor: null });
  if (url.pathname === `/v1/policies/${id}/${version}`) return send(response, fake.policy);
  return refuse(response, 404, 'not_found');
}

async function openSession(fake: FakeApi, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code: string };
  if (code !== fake.code) return refuse(response, 401, 'unauthenticated');
  fake.code = 'used';
  response.writeHead(204, { 'set-cookie': 'session=open; HttpOnly; SameSite=Strict; Path=/' }).end();
}

function select(fake: FakeApi, asked: URLSearchParams): RecordView[] {
  const [purpose, field, verdict] = ['purpose', 'field', 'verdict'].map(name => asked.get(name));
  return fake.records.filter(
    record =>
      Date.parse(record.time) >= Date.parse(asked.get('from') ?? '') &&
      Date.parse(record.time) < Date.parse(asked.get('to') ?? '') &&
      (purpose == null || record.purpose === purpose) &&
      (field == null || record.fields.includes(field)) &&
      (verdict == null || record.verdict?.outcome === verdict),
  );
}

function page(fake: FakeApi, asked: URLSearchParams) {
  const chosen = select(fake, asked);
  const after = asked.get('cursor');
  const start = after === null ? 0 : chosen.findIndex(record => record.id === after) + 1;
  const items = chosen.slice(start, start + Number(asked.get('limit')));
  const isLast = start + items.length >= chosen.length;
  return { items, next_cursor: isLast ? null : (items.at(-1)?.id ?? null) };
}

function usage(fake: FakeApi, asked: URLSearchParams): UsageReport {
  const mode = asked.get('mode') === 'literal' ? 'literal' : 'strict';
  const byField = asked.get('by') === 'purpose,field';
  const rows = new Map<string, UsageReport['items'][number]>();
  for (const { purpose, fields, verdict, counted } of select(fake, asked)) {
    if (!verdict || !counted) continue;
    for (const field of byField ? fields : ['']) {
      const key = `${purpose} ${field}`;
      const row = rows.get(key) ?? {
        purpose,
        ...(byField ? { field } : {}),
        count: 0,
        violations: 0,
        undetermined: 0,
      };
      row.count += 1;
      row.violations += Number(verdict[mode] === 'violation');
      row.undetermined += Number(verdict[mode] === 'undetermined');
      rows.set(key, row);
    }
  }
  const appended = fake.records[0]?.appended_at ?? '2026-11-20T03:00:00.000Z';
  return {
    items: [...rows.values()],
    next_cursor: null,
    from: asked.get('from'),
    to: asked.get('to'),
    mode,
    frontier: [{ stream: 'access', partition: 0, to: fake.records[0]?.offset ?? 0, appended_at: appended }],
  };
}

function refuse(response: ServerResponse, status: number, code: string) {
  sendProblem(response, { status, code, title: code, detail: `status ${status}` });
}

function sendProblem(response: ServerResponse, told: NonNullable<FakeApi['broken']>) {
  response.writeHead(told.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem.parse({ type: 'about:blank', ...told })));
}

function send(response: ServerResponse, body: unknown) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function sendFile(dist: string, path: string, response: ServerResponse) {
  const file = join(dist, normalize(path === '/' ? '/index.html' : path));
  const bytes = await readFile(file).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': PAGE_CONTENT_SECURITY_POLICY,
  });
  response.end(bytes);
}
