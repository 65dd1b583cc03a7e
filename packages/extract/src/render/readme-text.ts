// SPDX-License-Identifier: Apache-2.0
// README of an extract: what each member is, and how to check it with nothing of ours.

export const README = 'README.txt';

export const readmeText = (): string => `証跡の抽出（Ashiato）／ Extract of an audit trail (Ashiato)
format ashiato.extract.v1

検証: verify.html をネットワークのない計算機で開き、このZIPを選ぶ。ログの公開鍵は別の経路で入手すること。
To verify: open verify.html on a machine without network and choose this ZIP, with the log's public key from elsewhere.
    ashiato extract verify FILE --log-key KEY [--trust POLICY] [--previous EARLIER]
verify.html comes with the extract, so it is a convenience: who doubts the maker uses a verifier of their own.

summary.ja.html, summary.en.html   what was asked and what came out, to be printed on A4
records.csv                        the records that match, as a table (UTF-8)
records.jsonl                      the records shown: id, digest of who (or salt and who), the record's public line
proofs/segments.jsonl              for each segment of the period: which leaves are shown, hashes for the rest,
                                   and what its index says of the filter's keys, or of their neighbours
proofs/log.jsonl                   every entry of the log up to the checkpoint, one a line
checkpoint                         the signed tree head of the log (C2SP tlog-checkpoint)
log-policy                         the maker's trust policy (C2SP tlog-policy): to compare with yours, not to trust
policy/<sha256>.json               the policy bundles that judged the records, named by their hash
completeness.json                  the chain of segments of each partition, and up to where it reaches
manifest.json                      the request, the counts, and the SHA-256 of every other member

By hand, with SHA-256 alone (hashes in hex; || is concatenation; RFC 6962):
  leaf of a line   = SHA-256(0x00 || line without its newline); node = SHA-256(0x01 || left || right)
  log root         = tree over the leaves of proofs/log.jsonl; it is line 3 of the checkpoint, in base64
  leaf of a record = SHA-256(0x00 || public line || SHA-256(salt || who)); leaf 0 of a segment is its header line
  segment root     = tree over those leaves; it is "root" of the segment's entry in the log
`;
