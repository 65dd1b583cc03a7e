// SPDX-License-Identifier: Apache-2.0
// Which answers may be sent piece by piece. Each piece of an engine stream is a whole document of its format,
// so a format qualifies when documents one after another are one document, or are once their headers are cut.

// One row after another, no header, no footer. Native blocks and ArrowStream differ: Native concatenates,
// ArrowStream repeats its schema and does not.
const PLAIN = new Set(
  `JSONEachRow JSONLines NDJSON JSONCompactEachRow JSONStringsEachRow JSONCompactStringsEachRow TabSeparated TSV
  TabSeparatedRaw TSVRaw CSV RowBinary Native LineAsString`.split(/\s+/),
);

// Header lines that every piece repeats. Their own line breaks are escaped in these formats, except in CSV.
const HEADER_LINES: Record<string, number> = {
  TabSeparatedWithNames: 1,
  TSVWithNames: 1,
  TabSeparatedWithNamesAndTypes: 2,
  TSVWithNamesAndTypes: 2,
  JSONCompactEachRowWithNames: 1,
  JSONCompactEachRowWithNamesAndTypes: 2,
  JSONCompactStringsEachRowWithNames: 1,
  JSONCompactStringsEachRowWithNamesAndTypes: 2,
  CSVWithNames: 1,
  CSVWithNamesAndTypes: 2,
};

/** Every other format is answered whole, from memory. */
export function canStream(format: string): boolean {
  return PLAIN.has(format) || format in HEADER_LINES;
}

/** Whether even an empty result has bytes. */
export function hasHeader(format: string): boolean {
  return format in HEADER_LINES;
}

/** The bytes of a piece as they follow what was sent before. */
export function continued(format: string, piece: Buffer, first: boolean): Buffer {
  const lines = HEADER_LINES[format];
  if (first || lines === undefined) return piece;
  return piece.subarray(headerLength(piece, lines, format.startsWith('CSV')));
}

function headerLength(piece: Buffer, lines: number, quoted: boolean): number {
  let inQuotes = false;
  let seen = 0;
  for (let at = 0; at < piece.length; at += 1) {
    if (quoted && piece[at] === 0x22) inQuotes = !inQuotes;
    if (piece[at] !== 0x0a || inQuotes) continue;
    seen += 1;
    if (seen === lines) return at + 1;
  }
  return piece.length;
}
