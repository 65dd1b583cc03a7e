// SPDX-License-Identifier: Apache-2.0
// `run.json` in the data folder says how to reach the trail that runs there. Whoever starts one writes it (mode
// 0600: it names secrets), and the command reads it; when the process is gone it says nothing any more.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const FILE = 'run.json';

const deploymentShape = z.strictObject({
  kind: z.enum(['standalone', 'stack']),
  pid: z.number().int().describe('the process that ends when the trail does'),
  api: z.string().describe('base address of the api'),
  intake: z.string().describe('base address of the intake'),
  tokens: z.string().describe('folder with one token per role'),
  queue: z.string(),
  objects: z.strictObject({
    url: z.string(),
    options: z.strictObject({
      credentials: z.exactOptional(z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() })),
    }),
  }),
  clickhouse: z.strictObject({ url: z.string(), username: z.string(), password: z.string() }),
});
export type Deployment = z.infer<typeof deploymentShape>;

/** Says how to reach the trail in `dir`; replaces what an earlier run left. */
export function announce(dir: string, deployment: Deployment): void {
  const path = join(dir, FILE);
  rmSync(path, { force: true }); // so that the mode below holds
  writeFileSync(path, `${JSON.stringify(deployment, null, 2)}\n`, { mode: 0o600 });
}

export function withdraw(dir: string): void {
  rmSync(join(dir, FILE), { force: true });
}

/** The trail that runs in `dir`, or `undefined` when none does. */
export function findDeployment(dir: string): Deployment | undefined {
  let text: string;
  try {
    text = readFileSync(join(resolve(dir), FILE), 'utf8');
  } catch {
    return undefined; // nobody announced one here
  }
  const parsed = deploymentShape.safeParse(JSON.parse(text));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
