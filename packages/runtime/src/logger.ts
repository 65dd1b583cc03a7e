// SPDX-License-Identifier: Apache-2.0
// Process logs go to standard error, as JSON lines, or readable where that is a terminal. They are not the
// trail: nothing personal and no secret may stand in them, so both are taken out here once more.
import pino from 'pino';
import pretty from 'pino-pretty';

export type Logger = pino.Logger;

const HIDDEN = '[redacted]';

/** Members that are hidden at any depth, whatever they hold. Compared without case, `-` and `_`. */
const HIDDEN_NAMES = new Set([
  ...['authorization', 'cookie', 'setcookie', 'bearer', 'token', 'session', 'password', 'passphrase'],
  ...['secret', 'secretaccesskey', 'privatekey', 'apikey', 'salt', 'body', 'email', 'ip', 'site', 'who'],
  ...['actor', 'onbehalfof', 'subject', 'subjectref', 'ref', 'refs'],
]);

/** Tokens, and keyed pseudonyms (`s1.` and 22 characters), wherever they turn up in a line. */
const HIDDEN_TEXT = /ashiato_[a-z]+_[A-Za-z0-9_-]{43}|\b[a-z]\d{1,4}\.[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])/g;
const DEEPEST = 8;

/**
 * @param settings.destination where lines go; standard error by default (written synchronously, so that the last
 * words of a dying process are not lost)
 */
export function createLogger(settings: {
  name: string;
  level?: string;
  destination?: pino.DestinationStream;
}): Logger {
  return pino(
    {
      name: settings.name,
      level: settings.level ?? 'info',
      base: { name: settings.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      formatters: {
        level: label => ({ level: label }),
        log: members => hide(members, 0) as Record<string, unknown>,
      },
      hooks: { streamWrite: line => line.replace(HIDDEN_TEXT, HIDDEN) },
    },
    settings.destination ?? standardError(),
  );
}

function standardError(): pino.DestinationStream {
  if (!process.stderr.isTTY) return pino.destination({ dest: 2, sync: true });
  return pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
}

function hide(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describeError(value, depth);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= DEEPEST) return '[too deep]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map(each => hide(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isHidden(name) ? HIDDEN : hide(inner, depth + 1)]),
  );
}

function isHidden(name: string): boolean {
  return HIDDEN_NAMES.has(name.replaceAll(/[-_]/g, '').toLowerCase());
}

/** Only what an error is for: other members (requests, inputs, rows) may hold anything. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return hide(error, depth);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause =
    error.cause === undefined || depth >= DEEPEST ? {} : { cause: describeError(error.cause, depth + 1) };
  return { type: error.name, ...code, message: error.message, stack: error.stack, ...cause };
}
