// SPDX-License-Identifier: Apache-2.0
// The figures of a completeness statement, each with the proof it rests on.
import type { CompletenessStatement } from '@ashiato/schema';
import type { ReactNode } from 'react';
import { useSpeech } from './page-context.ts';

function Figures({
  caption,
  heads,
  children,
}: {
  caption: string;
  heads: readonly string[];
  children: ReactNode;
}) {
  return (
    <div className="table-scroll">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function SystemsTable({ systems }: Pick<CompletenessStatement, 'systems'>) {
  const { say, formats, language } = useSpeech();
  if (systems.length === 0) return null;
  const heads = [say('system'), say('system_state'), say('accesses'), say('counts_agree'), say('rests_on')];
  return (
    <Figures caption={say('systems_title')} heads={heads}>
      {systems.map(({ id, state, records, counts, rests_on, ...names }) => (
        <tr key={id}>
          <th scope="row">
            {names[language]} <small>{id}</small>
          </th>
          <td className={`state-${state}`}>{say(`system_state_${state}`)}</td>
          <td className="number">{formats.count(records)}</td>
          <td>
            {counts.length === 0
              ? '–'
              : say('counts_of', {
                  n: formats.count(counts.filter(({ equal }) => equal).length),
                  total: formats.count(counts.length),
                })}
          </td>
          <td>{say(`rests_on_${rests_on}`)}</td>
        </tr>
      ))}
    </Figures>
  );
}

export function SourcesTable({ sources }: Pick<CompletenessStatement, 'sources'>) {
  const { say, formats } = useSpeech();
  if (sources.length === 0) return null;
  const heads = [
    say('source'),
    say('system_state'),
    say('accesses'),
    say('numbers'),
    say('last_seal'),
    say('source_faults'),
    say('rests_on'),
  ];
  return (
    <Figures caption={say('sources_title')} heads={heads}>
      {sources.map(({ source, epoch, state, stopped, first, last, ...row }) => (
        <tr key={`${source} ${epoch}`}>
          <th scope="row">
            {source} <small>{epoch}</small>
          </th>
          <td className={`state-${state}`}>
            {say(`source_state_${state}`)} {stopped && <small>{say('source_stopped')}</small>}
          </td>
          <td className="number">{formats.count(row.records)}</td>
          <td>
            {first === null || last === null ? '–' : `${formats.count(first)} – ${formats.count(last)}`}
          </td>
          <td>{row.last_seal ? formats.time(row.last_seal) : '–'}</td>
          <td className="number">{formats.count(row.faults)}</td>
          <td>{say(`rests_on_${row.rests_on}`)}</td>
        </tr>
      ))}
    </Figures>
  );
}

export function PartitionsTable({ partitions }: Pick<CompletenessStatement, 'partitions'>) {
  const { say, formats } = useSpeech();
  const heads = [
    say('partition'),
    say('offsets'),
    say('segments'),
    say('records'),
    say('unreadable_count'),
    say('committed_at'),
    say('rests_on'),
  ];
  return (
    <details>
      <summary>{say('partitions_title')}</summary>
      <Figures caption={say('partitions_title')} heads={heads}>
        {partitions.map(({ stream, partition, first, last, ...row }) => (
          <tr key={`${stream}.${partition}`}>
            <th scope="row">{`${stream}.${partition}`}</th>
            <td>
              {first === null || last === null ? '–' : `${formats.count(first)} – ${formats.count(last)}`}
            </td>
            <td className="number">{formats.count(row.segments)}</td>
            <td className="number">{formats.count(row.records)}</td>
            <td className="number">{formats.count(row.unreadable)}</td>
            <td>{row.committed_at ? formats.time(row.committed_at) : '–'}</td>
            <td>{say(`rests_on_${row.rests_on}`)}</td>
          </tr>
        ))}
      </Figures>
    </details>
  );
}
