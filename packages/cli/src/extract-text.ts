// SPDX-License-Identifier: Apache-2.0
// An extract in words for a terminal.
import { FAULTS, type Fault, type Manifest } from '@ashiato/extract/verify';

export const faultLine = ({ code, place, detail }: Fault): string =>
  `${code} ${place}: ${detail}\n  ${FAULTS[code].en}\n  ${FAULTS[code].ja}`;

export function manifestText({ request, counts, complete, complete_until, checkpoint }: Manifest): string {
  const conditions = Object.entries(request.filter).map(
    ([name, values]) => `${name} = ${values?.join(' | ')}`,
  );
  const proven =
    complete === 'proven'
      ? 'proven: a matching record left out would be found'
      : 'stated: this filter has no index, that hidden records do not match is the maker’s word';
  const rows = [
    ['kind', request.kind],
    ['period', `${request.from} to ${request.to}`],
    ['filter', conditions.join('; ') || 'none'],
    ['case', request.case ?? '-'],
    [
      'records',
      `${counts.matching} match, ${counts.shown} shown, ${counts.withheld} withheld, ${counts.hidden} a hash only`,
    ],
    ['segments', `${counts.segments} with ${counts.records} records`],
    ['completeness', proven],
    ['committed until', complete_until],
    ['checkpoint', `${checkpoint.origin} ${checkpoint.size} ${checkpoint.root}`],
  ];
  return rows.map(([name, value]) => `${name!.padEnd(18)}${value}`).join('\n');
}
