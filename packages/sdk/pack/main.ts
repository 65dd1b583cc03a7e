// SPDX-License-Identifier: Apache-2.0
// `node packages/sdk/pack/main.ts [FOLDER]`: the published package as a tarball, in this folder unless told otherwise.
import { resolve } from 'node:path';
import { packPackage } from './pack-package.ts';

const { tarball, packedBytes, dependencies } = await packPackage(resolve(process.argv[2] ?? '.'));
const names = Object.keys(dependencies);
process.stdout.write(
  `${tarball}: ${packedBytes} bytes packed, ${names.length} dependencies (${names.join(', ')})\n`,
);
