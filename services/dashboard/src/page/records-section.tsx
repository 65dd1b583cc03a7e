// SPDX-License-Identifier: Apache-2.0
import type { RecordView } from '@ashiato/schema';
import { useEffect, useState } from 'react';
import { FailureNotice } from './failure-notice.tsx';
import { useSpeech } from './page-context.ts';
import type { Period } from './periods.ts';
import { RecordDetail } from './record-detail.tsx';
import { RecordFilters } from './record-filters.tsx';
import { isRoutine } from './records-feed.ts';
import { RecordsTable } from './records-table.tsx';
import { useEvery } from './use-every.ts';
import { type RecordsList, useRecords } from './use-records.ts';
import type { View } from './view-state.ts';

const REFRESH_MS = 5_000;

interface Props {
  view: View;
  period: Period | undefined;
  change(change: Partial<View>): void;
  /** Called when the API no longer knows the session. */
  sessionEnded(): void;
}

export function RecordsSection({ view, period, change, sessionEnded }: Props) {
  const { say } = useSpeech();
  const [live, setLive] = useState(true);
  const [selected, setSelected] = useState<RecordView | null>(null);
  const records = useRecords(period, { purpose: view.purpose, field: view.field, verdict: view.verdict });
  const refused = records.failure?.kind === 'forbidden';
  const ended = records.failure?.kind === 'unauthorized';
  useEvery(REFRESH_MS, live && !refused && !ended && !records.loading, records.refresh);
  useEffect(() => {
    if (ended) sessionEnded();
  }, [ended, sessionEnded]);
  const close = () => {
    setSelected(null);
    if (selected) document.getElementById(`record-${selected.id}`)?.focus();
  };
  return (
    <section className="panel" id="records" aria-labelledby="records-title">
      <div className="panel-head">
        <h2 id="records-title">{say('records_title')}</h2>
        {!refused && (
          <button
            type="button"
            className={`button quiet ${live ? 'live' : ''}`}
            onClick={() => setLive(!live)}
          >
            <span className="live-state">{say(live ? 'records_live' : 'records_paused')}</span>{' '}
            {say(live ? 'pause' : 'resume')}
          </button>
        )}
      </div>
      {refused ? (
        <div className="empty">
          <strong>{say('records_forbidden')}</strong>
          <p>{say('records_forbidden_hint')}</p>
        </div>
      ) : (
        <>
          <RecordFilters view={view} change={change} />
          <div className={`split ${selected ? 'has-selection' : ''}`}>
            <RecordsBody records={records} selected={selected?.id ?? null} select={setSelected} />
            <RecordDetail record={selected} close={close} />
          </div>
        </>
      )}
    </section>
  );
}

interface BodyProps {
  records: RecordsList;
  selected: string | null;
  select(record: RecordView): void;
}

function RecordsBody({ records, selected, select }: BodyProps) {
  const { say, formats } = useSpeech();
  const [routine, setRoutine] = useState(false);
  const { feed, failure, loading } = records;
  const hidden = feed?.records.filter(isRoutine).length ?? 0;
  const shown = feed?.records.filter(record => routine || !isRoutine(record)) ?? [];
  return (
    <div className="records-list" aria-busy={loading}>
      {failure && <FailureNotice failure={failure} retry={records.refresh} stale={feed !== undefined} />}
      {!feed && !failure && <p className="loading">{say('loading')}</p>}
      {feed && shown.length === 0 && <p className="empty">{say('records_empty')}</p>}
      {shown.length > 0 && <RecordsTable records={shown} selected={selected} select={select} />}
      {feed && (
        <div className="records-foot">
          {feed.cursor === null ? (
            <span className="quiet">{shown.length > 0 && say('records_end')}</span>
          ) : (
            <button type="button" className="button" onClick={records.more} disabled={loading}>
              {say('more')}
            </button>
          )}
          {hidden > 0 && (
            <span className="quiet">
              {!routine && say('routine_hidden', { n: formats.count(hidden) })}{' '}
              <button type="button" className="link" onClick={() => setRoutine(!routine)}>
                {say(routine ? 'routine_hide' : 'routine_show')}
              </button>
            </span>
          )}
        </div>
      )}
    </div>
  );
}
