// SPDX-License-Identifier: Apache-2.0
// `pnpm build` without arguments; the child process of buildDashboard with `<dist> <sources>`.
import { buildDashboard } from './build-dashboard.ts';
import { viteBuild } from './vite-build.ts';

const [dist, sources] = process.argv.slice(2);
if (dist !== undefined && sources !== undefined) await viteBuild(dist, sources);
else process.stderr.write(`dashboard: ${await buildDashboard()}\n`);
