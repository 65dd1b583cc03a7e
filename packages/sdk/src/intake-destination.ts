// SPDX-License-Identifier: Apache-2.0
// Delivery over HTTP: one event a line, the spooled bytes as they are; 202 means durable in the queue.

import type { OpenDestination } from './destination.ts';
import { TrailError } from './errors.ts';

const NEWLINE = Buffer.from('\n');
/** An intake answers or refuses well within this; beyond it the connection is taken for dead. */
const ANSWER_MS = 30_000;

interface IntakeOptions {
  intakeUrl: string;
  token: string | (() => string | Promise<string>);
}

export function createIntakeDestination(
  { intakeUrl, token }: IntakeOptions,
  report: (text: string) => void,
): OpenDestination {
  const address = eventsAddress(intakeUrl);
  return {
    async deliver(batch, signal) {
      const answer = await fetch(address, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-ndjson',
          authorization: `Bearer ${typeof token === 'string' ? token : await token()}`,
        },
        body: Buffer.concat(batch.flatMap(({ value }) => [value, NEWLINE])),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      const text = await answer.text();
      if (answer.status === 202 && memberOf(text, 'accepted') === batch.length) return;
      if (isKeptAsEvidence(answer.status, text)) {
        report('the intake kept events as evidence that it cannot read; is it older than this sdk?');
        return;
      }
      throw new Error(
        `the intake answered ${answer.status}${codeIn(text)} to ${batch.length} events, expected 202`,
      );
    },
    async close() {},
  };
}

function eventsAddress(intakeUrl: string): URL {
  if (!URL.canParse(intakeUrl) || !/^https?:$/.test(new URL(intakeUrl).protocol)) {
    throw new TrailError('OPTIONS', 'intakeUrl is no http or https address, as in http://127.0.0.1:8420');
  }
  const base = new URL(intakeUrl);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return new URL('v1/events', base);
}

/** Every event is in the queue, some as bytes that the intake cannot read. Sending again would only repeat them. */
const isKeptAsEvidence = (status: number, text: string) =>
  status === 400 && memberOf(text, 'code') === 'unreadable_event' && memberOf(text, 'kept') === true;

/** What another process answered: untrusted, so only single members are looked at, and only for their type. */
function memberOf(text: string, member: 'accepted' | 'code' | 'kept'): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null
      ? (answer as Record<string, unknown>)[member]
      : undefined;
  } catch {
    return undefined; // no JSON: the status alone goes into the error
  }
}

function codeIn(text: string): string {
  const code = memberOf(text, 'code');
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? ` ${code}` : '';
}
