// SPDX-License-Identifier: Apache-2.0
// RFC 3161: what a time-stamping authority is asked, and what its answer shows. That the authority is one to trust (in
// Japan, an accredited one) is for the reader: `openssl ts -verify -data CHECKPOINT -in STAMP -CAfile AUTHORITY`.
import { hash, randomBytes } from 'node:crypto';
import { Integer } from 'asn1js';
import { MessageImprint, PKIStatus, SignedData, TimeStampReq, TimeStampResp, TSTInfo } from 'pkijs';

const SHA_256 = '2.16.840.1.101.3.4.2.1';

export type TimeStamp =
  /** The authority's clock; who it is stands in the certificate, which is not traced further here. */
  { outcome: 'stamped'; time: Date } | { outcome: 'refused'; problem: string };

export interface StampRequest {
  /** DER, to be sent as application/timestamp-query. */
  body: Uint8Array;
  nonce: Uint8Array;
}

/** Asks for a stamp over SHA-256 of `data`, with a nonce and the authority's certificate. */
export async function stampRequest(data: Uint8Array): Promise<StampRequest> {
  const nonce = new Uint8Array(randomBytes(12));
  nonce[0]! &= 0x7f; // positive, and
  nonce[0]! |= 0x40; // with no leading zeros to be lost
  const request = new TimeStampReq({
    version: 1,
    messageImprint: await MessageImprint.create('SHA-256', new Uint8Array(data)),
    nonce: new Integer({ valueHex: nonce.buffer }),
    certReq: true,
  });
  return { body: new Uint8Array(request.toSchema().toBER()), nonce };
}

/**
 * What a response (DER) shows of `data`: that the authority in its certificate signed the time over SHA-256 of it, and,
 * where `nonce` is given, that it did so now. Untrusted: the response.
 */
export async function openStamp(
  response: Uint8Array,
  data: Uint8Array,
  nonce?: Uint8Array,
): Promise<TimeStamp> {
  try {
    return await opened(new Uint8Array(response), data, nonce);
  } catch (error) {
    // Whatever a parser of ASN.1 trips over: the bytes are not what they should be.
    return refused(`no time-stamp response: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function opened(response: Uint8Array<ArrayBuffer>, data: Uint8Array, nonce: Uint8Array | undefined) {
  const { status, timeStampToken } = TimeStampResp.fromBER(response);
  if (status.status !== PKIStatus.granted && status.status !== PKIStatus.grantedWithMods)
    return refused(`the authority answered status ${status.status}`);
  if (!timeStampToken) return refused('the response holds no token');
  const signed = new SignedData({ schema: timeStampToken.content });
  const content = signed.encapContentInfo.eContent;
  if (!content) return refused('the token holds no content');
  const info = TSTInfo.fromBER(content.getValue());
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== SHA_256) return refused('the stamp is not over a SHA-256');
  if (hex(hashedMessage.getValue()) !== hash('sha256', data, 'hex'))
    return refused('the stamp is over other bytes');
  if (nonce && hex(info.nonce?.valueBlock.valueHexView) !== hex(nonce))
    return refused('the stamp answers another request');
  const isSigned = await signed.verify({ signer: 0, data: new Uint8Array(data).buffer, checkChain: false });
  return isSigned
    ? { outcome: 'stamped' as const, time: info.genTime }
    : refused('the signature does not verify');
}

const hex = (bytes: ArrayBuffer | Uint8Array | undefined) =>
  bytes === undefined ? '' : Buffer.from(bytes as Uint8Array).toString('hex');
const refused = (problem: string): TimeStamp => ({ outcome: 'refused', problem });
