// SPDX-License-Identifier: Apache-2.0
// The clients of the README, run as they stand there, but for the address.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decode, TOPICS } from '@ashiato/schema';
import { expect, test } from 'vitest';
import { event, type Scene, startScene } from './intake.testing.ts';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
const guide = readme.slice(readme.indexOf('\n## Clients\n'));
const run = promisify(execFile);

const CLIENTS = {
  sh: { file: 'record.sh', command: 'sh' },
  python: { file: 'record.py', command: 'python3' },
  java: { file: 'Record.java', command: 'java' },
} as const;

async function runClient(language: keyof typeof CLIENTS, { dir, url, token }: Scene): Promise<string> {
  const { file, command } = CLIENTS[language];
  const shown = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide)![1]!;
  const folder = join(dir, 'ashiato-data/tokens');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'emitter'), `${token.emitter}\n`);
  await writeFile(join(dir, 'events.jsonl'), `${event({ source: '/services/crm/1' }).spelled}\n`);
  await writeFile(join(dir, file), shown.replaceAll('http://127.0.0.1:8420', url));
  return (await run(command, [file], { cwd: dir, timeout: 50_000 })).stdout;
}

/** A clock that moves a second at each look: the client's first request comes while the token is ahead, its second not. */
async function startBusy(): Promise<Scene> {
  let looks = 0;
  const scene = await startScene({ eventsPerSecond: 1, now: () => looks++ * 1000 });
  const burst = Array.from({ length: 8 }, (_, i) => event({ id: `burst-${i}` }).text).join('\n');
  expect((await scene.send('application/x-ndjson', burst)).status).toBe(202);
  return scene;
}

test.each(['sh', 'python', 'java'] as const)(
  '%s: told to come back, then its event is durable and an event like any other',
  async language => {
    const scene = await startBusy();
    expect(await runClient(language, scene)).toContain('access.0.8');
    expect((await scene.queue.offsets(TOPICS.access))[0]!.high).toBe(9);
    const { value } = (await scene.queue.readAt(TOPICS.access, 0, 8))!;
    const decoded = decode('access', value!);
    expect(decoded).toMatchObject({ kind: 'event', problems: [], event: { source: '/services/crm/1' } });
  },
);

test.each(['sh', 'python', 'java'] as const)(
  '%s: a refusal is told with its reason and not repeated',
  async language => {
    const scene = await startScene();
    const refused = runClient(language, { ...scene, token: { ...scene.token, emitter: scene.token.viewer } });
    await expect(refused).rejects.toMatchObject({ code: expect.any(Number) });
    const { stdout, stderr } = (await refused.catch(failed => failed)) as { stdout: string; stderr: string };
    expect(stdout + stderr).toContain('role_not_allowed');
  },
);
