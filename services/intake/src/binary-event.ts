// SPDX-License-Identifier: Apache-2.0
// CloudEvents binary mode -> one structured event (CloudEvents HTTP protocol binding 1.0.2, section 3.1).
import type { IncomingHttpHeaders } from 'node:http';
import { IntakeError } from './problems.ts';

const PREFIX = 'ce-';

/**
 * The event that headers and body spell. The body's bytes stand unchanged as `data` when they are JSON, else
 * as `data_base64`, so that they are kept and named as a problem. Throws `invalid_header`.
 */
export function binaryEvent(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => member(name.slice(PREFIX.length), attributeValue(name, String(value))));
  // The HTTP content type is the attribute; a charset parameter says nothing about JSON (RFC 8259 section 8.1).
  attributes.push(member('datacontenttype', 'application/json'));
  const head = Buffer.from(`{${attributes.join(',')}`);
  if (body.length === 0) return Buffer.concat([head, Buffer.from('}')]);
  if (isJson(body)) return Buffer.concat([head, Buffer.from(',"data":'), body, Buffer.from('}')]);
  return Buffer.concat([head, Buffer.from(`,${member('data_base64', body.toString('base64'))}}`)]);
}

const member = (name: string, value: string) => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** Unquotes (RFC 7230 section 3.2.6), then one round of percent-decoding; invalid UTF-8 MUST be refused. */
function attributeValue(name: string, header: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(header);
  const value = quoted ? quoted[1]!.replace(/\\(.)/g, '$1') : header;
  try {
    return decodeURIComponent(value);
  } catch {
    throw new IntakeError(
      'invalid_header',
      `header ${name}: expected percent-encoded UTF-8; nothing was kept`,
    );
  }
}

/** Untrusted bytes: only what is JSON by itself may be put inside other JSON. */
function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
