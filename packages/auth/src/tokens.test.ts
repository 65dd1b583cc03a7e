// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { firstStart } from './first-start.ts';
import { ROLES, type Role } from './roles.ts';
import { createTokens, openTokens, type TokenRequest } from './tokens.ts';

let base: string;
let dir: string;
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ashiato-auth-'));
});
beforeEach(() => {
  count += 1;
  dir = join(base, `tokens-${count}`);
});
afterAll(() => rm(base, { recursive: true, force: true }));

function requestFor(role: Role): TokenRequest {
  return { role, label: 'test', ...(role === 'subject' ? { scope: { who: 's1.K-1' } } : {}) };
}

describe('tokens', () => {
  test.each(ROLES)('a token for %s grants that role and carries its name', role => {
    const tokens = createTokens(dir);
    const { id, token } = tokens.issue(requestFor(role));
    expect(token).toMatch(new RegExp(`^ashiato_${role}_[A-Za-z0-9_-]{43}$`));
    expect(tokens.verify(token)).toMatchObject({ outcome: 'granted', tokenId: id, role });
  });

  test('no text but the token itself is granted', () => {
    const tokens = createTokens(dir);
    const { token } = tokens.issue(requestFor('viewer'));
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'aZ09_-.'), (at, character) => {
        const other = token.slice(0, at) + character + token.slice(at + 1);
        expect(tokens.verify(other).outcome).toBe(other === token ? 'granted' : 'refused');
      }),
      { numRuns: 500 },
    );
    for (const other of ['', token.replace('viewer', 'admin'), ` ${token}`, `${token}\n`, `${token}a`]) {
      expect(tokens.verify(other).outcome).toBe('refused');
    }
    expect(tokens.verify(token).outcome).toBe('granted');
  });

  test('the role that counts is the registry’s', async () => {
    const tokens = createTokens(dir);
    const { token } = tokens.issue(requestFor('viewer'));
    expect(tokens.verify(token.replace('viewer', 'admin'))).toEqual({
      outcome: 'refused',
      reason: 'unknown',
    });
  });

  test('scopes come back with the grant, and only where the role knows them', () => {
    const tokens = createTokens(dir);
    const scope = { source_prefix: 'https://desk.example/' };
    const { token } = tokens.issue({ role: 'emitter', label: 'desk', scope });
    expect(tokens.verify(token)).toMatchObject({ role: 'emitter', scope });
    const wrong: TokenRequest[] = [
      { role: 'viewer', label: 'x', scope },
      { role: 'admin', label: 'x', scope: { who: 'somebody' } },
      { role: 'subject', label: 'x' },
      { role: 'emitter', label: 'x', scope: { source_prefix: '' } },
      { role: 'viewer', label: ' ' },
      { role: 'viewer', label: 'x', expires: new Date(0) },
    ];
    for (const request of wrong)
      expect(() => tokens.issue(request)).toThrow(expect.objectContaining({ code: 'TOKEN' }));
    expect(tokens.list()).toHaveLength(1);
  });

  test('expiry is to the millisecond', () => {
    let time = Date.parse('2026-01-01T00:00:00Z');
    const tokens = createTokens(dir, { now: () => new Date(time) });
    const { token } = tokens.issue({ ...requestFor('viewer'), expires: new Date(time + 1000) });
    time += 999;
    expect(tokens.verify(token).outcome).toBe('granted');
    time += 1;
    expect(tokens.verify(token)).toEqual({ outcome: 'refused', reason: 'expired' });
  });

  test('a revoked token is refused at once, in every process that has the registry open', () => {
    const tokens = createTokens(dir);
    const other = openTokens(dir);
    const { id, token } = tokens.issue(requestFor('admin'));
    expect(other.verify(token).outcome).toBe('granted');
    expect(tokens.revoke(id)).toBe('revoked');
    expect(other.verify(token)).toEqual({ outcome: 'refused', reason: 'revoked' });
    expect(tokens.revoke(id)).toBe('already revoked');
    expect(tokens.revoke('nobody')).toBe('unknown');
    expect(tokens.list()).toMatchObject([{ id, role: 'admin', revoked: expect.any(String) }]);
  });
});

describe('the registry file', () => {
  test('holds no token and nothing for other users', async () => {
    const { token } = createTokens(dir).issue(requestFor('viewer'));
    const text = await readFile(join(dir, 'registry.json'), 'utf8');
    expect(text).not.toContain(token.slice(-43));
    expect((await stat(join(dir, 'registry.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect(JSON.stringify(createTokens(dir).list())).not.toContain('hash');
  });

  test('absent or damaged, it lets nobody in', async () => {
    expect(() => openTokens(dir)).toThrow(expect.objectContaining({ code: 'REGISTRY' }));
    const tokens = createTokens(dir);
    const { token } = tokens.issue(requestFor('viewer'));
    for (const damage of ['', '{}', '{"format":"ashiato.tokens.v2","tokens":[]}']) {
      await writeFile(join(dir, 'registry.json'), damage);
      expect(() => tokens.verify(token)).toThrow(expect.objectContaining({ code: 'REGISTRY' }));
      expect(() => tokens.issue(requestFor('viewer'))).toThrow(expect.objectContaining({ code: 'REGISTRY' }));
    }
    await rm(join(dir, 'registry.json'));
    expect(() => tokens.verify(token)).toThrow(expect.objectContaining({ code: 'REGISTRY' }));
  });

  test('of changes by several processes none is lost, killed ones included', async () => {
    createTokens(dir);
    const script = fileURLToPath(new URL('./test-programs/issue-many.ts', import.meta.url));
    const writers = Array.from({ length: 4 }, (_, at) => {
      const child = spawn(process.execPath, [script, dir, at === 0 ? '100000' : '15'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', chunk => (said += chunk));
      return { child, ended: once(child, 'close').then(() => said) };
    });
    const [endless, ...others] = writers;
    await Promise.all(others.map(({ ended }) => ended));
    endless?.child.kill('SIGKILL');
    const lines = (await Promise.all(writers.map(({ ended }) => ended))).join('').split('\n').filter(Boolean);
    const kept = new Map(
      createTokens(dir)
        .list()
        .map(({ id, revoked }) => [id, revoked]),
    );
    expect(lines.length).toBeGreaterThan(45);
    for (const line of lines) {
      const [state, id = ''] = line.split(' ');
      expect(kept.has(id)).toBe(true);
      expect(kept.get(id) !== null).toBe(state === 'revoked');
    }
    expect(createTokens(dir).issue(requestFor('viewer')).token).toBeDefined();
  });
});

describe('first start', () => {
  test('makes one working token a role, once', async () => {
    expect(firstStart(dir)).toEqual(['emitter', 'viewer', 'investigator', 'regulator', 'admin']);
    const names = (await readdir(dir)).filter(name => !name.startsWith('registry.'));
    expect(names.sort()).toEqual(['admin', 'emitter', 'investigator', 'regulator', 'viewer']);
    const before = await Promise.all(names.map(name => readFile(join(dir, name), 'utf8')));
    for (const [at, name] of names.entries()) {
      expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
      expect(openTokens(dir).verify((before[at] ?? '').trim())).toMatchObject({
        outcome: 'granted',
        role: name,
      });
    }
    expect(firstStart(dir)).toEqual([]);
    expect(await Promise.all(names.map(name => readFile(join(dir, name), 'utf8')))).toEqual(before);
  });

  test('makes again what is missing', async () => {
    firstStart(dir);
    await rm(join(dir, 'viewer'));
    expect(firstStart(dir)).toEqual(['viewer']);
  });
});
