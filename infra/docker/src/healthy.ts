// SPDX-License-Identifier: Apache-2.0
// The image's health check: asks the service in this container for /healthz; exit code 0 when it answers 200.
const answer = await fetch('http://127.0.0.1:8420/healthz', { signal: AbortSignal.timeout(4000) });
process.exitCode = answer.ok ? 0 : 1;
