// SPDX-License-Identifier: Apache-2.0
// Builds `verify.html` ahead of the first extract, where tools are at hand; the child process of it with `<path>`.
import { buildVerifyPage, writePage } from './build-page.ts';

const [path] = process.argv.slice(2);
if (path === undefined) await buildVerifyPage();
else await writePage(path);
