// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own: starts a server, prints its pid and address, and waits to be killed.
import { startS3 } from '../seaweedfs.ts';

const [dir = '', lifetime = 'caller'] = process.argv.slice(2);
const { pid, endpoint } = await startS3({ dir, lifetime: lifetime === 'own' ? 'own' : 'caller' });
process.stdout.write(`${JSON.stringify({ pid, endpoint })}\n`);
setInterval(() => {}, 60_000);
