// SPDX-License-Identifier: Apache-2.0
// What the period holds, on which proof, and every gap. Asked on request alone: the evidence itself is read.
import type { CompletenessStatement } from '@ashiato/schema';
import { useState } from 'react';
import { readCompleteness } from './api-client.ts';
import { PartitionsTable, SourcesTable, SystemsTable } from './completeness-tables.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { useSpeech } from './page-context.ts';
import type { Period } from './periods.ts';
import { useAnswer } from './use-answer.ts';

/** What was sent a moment ago may still be on its way to its commit. */
const SETTLE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/** The period as far as it has passed; undefined where that is nothing. */
function pastPart({ from, to }: Period, now: number): Period | undefined {
  const settled = Math.floor((now - SETTLE_MS) / MINUTE_MS) * MINUTE_MS;
  if (Date.parse(to) <= settled) return { from, to };
  return Date.parse(from) < settled ? { from, to: new Date(settled).toISOString() } : undefined;
}

export function CompletenessSection({ period }: { period: Period | undefined }) {
  const { say } = useSpeech();
  const [chosen, choose] = useState<{ period: Period; past: Period | undefined } | null>(null);
  const current = chosen?.period.from === period?.from && chosen?.period.to === period?.to ? chosen : null;
  const past = current?.past;
  const statement = useAnswer(past ? JSON.stringify(past) : null, signal => readCompleteness(past!, signal));
  const reading = past !== undefined && statement.loading;
  const check = () => {
    if (!period) return;
    const now = pastPart(period, Date.now());
    if (past && past.to === now?.to) statement.refresh();
    else choose({ period, past: now });
  };
  return (
    <section
      className="panel completeness"
      id="completeness"
      aria-labelledby="completeness-title"
      aria-busy={reading}
    >
      <div className="panel-head">
        <h2 id="completeness-title">{say('completeness_title')}</h2>
        <button type="button" className="button quiet" onClick={check} disabled={reading || !period}>
          {say(past && statement.value ? 'completeness_again' : 'completeness_check')}
        </button>
      </div>
      <div aria-live="polite">
        {!current && <p className="lead">{say('completeness_lead')}</p>}
        {current && !past && <p className="lead">{say('completeness_future')}</p>}
        {reading && <p className="loading">{say('completeness_checking')}</p>}
        {past && statement.failure && (
          <FailureNotice failure={statement.failure} retry={statement.refresh} stale={false} />
        )}
        {past && !reading && statement.value && !statement.failure && (
          <Statement statement={statement.value} />
        )}
      </div>
    </section>
  );
}

function Statement({ statement }: { statement: CompletenessStatement }) {
  const { say, formats } = useSpeech();
  const { from, to, complete, gaps } = statement;
  return (
    <>
      <p className={complete ? 'outcome complete' : 'outcome incomplete'}>
        <strong>
          {complete ? say('completeness_ok') : say('completeness_gaps', { n: formats.count(gaps.length) })}
        </strong>{' '}
        <span>{say('completeness_span', { from: formats.time(from), to: formats.time(to) })}</span>
      </p>
      {gaps.length > 0 && <GapsTable gaps={gaps} />}
      <SystemsTable systems={statement.systems} />
      <SourcesTable sources={statement.sources} />
      <PartitionsTable partitions={statement.partitions} />
      <p className="limit">{say('completeness_limit')}</p>
    </>
  );
}

function GapsTable({ gaps }: Pick<CompletenessStatement, 'gaps'>) {
  const { say, formats, language } = useSpeech();
  return (
    <div className="table-scroll">
      <table>
        <caption>{say('gaps_title')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('gap_place')}</th>
            <th scope="col">{say('gap_what')}</th>
            <th scope="col">{say('gap_when')}</th>
          </tr>
        </thead>
        <tbody>
          {gaps.map((gap, index) => (
            <tr key={`${gap.code} ${gap.place} ${index}`}>
              <td className="place">{gap.place}</td>
              <td className="what">{gap[language]}</td>
              <td>
                {gap.since && gap.until
                  ? `${formats.time(gap.since)} – ${formats.time(gap.until)}`
                  : say('gap_whole')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
