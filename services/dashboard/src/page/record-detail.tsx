// SPDX-License-Identifier: Apache-2.0
// One record in full: first why it was judged so, then who, what, whose and when, then the evidence.
import type { RecordView } from '@ashiato/schema';
import { useEffect, useRef } from 'react';
import { useSpeech } from './page-context.ts';
import { RecordFacts } from './record-facts.tsx';
import { RecordBadges, RecordVerdict } from './records-table.tsx';
import { VerdictReasons } from './verdict-reasons.tsx';

export function RecordDetail({ record, close }: { record: RecordView | null; close(): void }) {
  const { say, formats } = useSpeech();
  const title = useRef<HTMLHeadingElement>(null);
  const id = record?.id;
  useEffect(() => {
    if (id !== undefined) title.current?.focus({ preventScroll: false });
  }, [id]);
  if (!record) return <p className="detail placeholder">{say('detail_choose')}</p>;
  return (
    <article className="detail" aria-labelledby="detail-title">
      <div className="detail-head">
        <h3 id="detail-title" tabIndex={-1} ref={title}>
          {say('detail_title')}
        </h3>
        <button type="button" className="button quiet" onClick={close}>
          <span className="back-word">{say('detail_back')}</span>
          <span className="close-word">{say('detail_close')}</span>
        </button>
      </div>
      <p className="detail-lead">
        <RecordVerdict record={record} />
        <time dateTime={record.time}>{formats.time(record.time)}</time>
        <RecordBadges record={record} />
      </p>
      {record.unreadable !== '' && (
        <p className="notice">{say('unreadable_note', { reason: record.unreadable })}</p>
      )}
      {record.verdict && <VerdictReasons verdict={record.verdict} />}
      <RecordFacts record={record} />
    </article>
  );
}
