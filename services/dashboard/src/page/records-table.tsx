// SPDX-License-Identifier: Apache-2.0
import type { RecordView } from '@ashiato/schema';
import { useSpeech } from './page-context.ts';
import { isSample, recordKind } from './records-feed.ts';
import { sayId } from './texts/languages.ts';
import { VerdictMark } from './verdict-mark.tsx';

interface Props {
  records: readonly RecordView[];
  selected: string | null;
  select(record: RecordView): void;
}

export function RecordsTable({ records, selected, select }: Props) {
  const { say } = useSpeech();
  return (
    <table className="records">
      <caption className="visually-hidden">{say('records_caption')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('time')}</th>
          <th scope="col">{say('verdict')}</th>
          <th scope="col">{say('why')}</th>
          <th scope="col" className="wide">
            {say('who')}
          </th>
          <th scope="col" className="wide">
            {say('whose')}
          </th>
        </tr>
      </thead>
      <tbody>
        {records.map(record => (
          <RecordRow key={record.id} record={record} selected={record.id === selected} select={select} />
        ))}
      </tbody>
    </table>
  );
}

function RecordRow({
  record,
  selected,
  select,
}: {
  record: RecordView;
  selected: boolean;
  select: Props['select'];
}) {
  const { formats } = useSpeech();
  return (
    // The row takes clicks as a convenience; the button in its first cell is what keyboards and readers use.
    <tr className={selected ? 'selected' : ''} onClick={() => select(record)}>
      <td>
        <button
          type="button"
          className="link time"
          id={`record-${record.id}`}
          aria-pressed={selected}
          onClick={() => select(record)}
        >
          {formats.recentTime(record.time, Date.now())}
        </button>
        <RecordBadges record={record} />
      </td>
      <td>
        <RecordVerdict record={record} />
      </td>
      <td>
        <RecordPurpose record={record} />
      </td>
      <td className="wide">
        <span className="code">{record.actor}</span>
        <small>{[record.org, record.role].filter(Boolean).join(' · ')}</small>
      </td>
      <td className="wide">
        <RecordSubject record={record} />
      </td>
    </tr>
  );
}

export function RecordVerdict({ record }: { record: RecordView }) {
  const { say } = useSpeech();
  if (record.unreadable !== '') return <span className="verdict unreadable">{say('unreadable')}</span>;
  if (!record.verdict) return <span className="verdict quiet">{say('not_judged')}</span>;
  return <VerdictMark outcome={record.verdict.outcome} />;
}

export function RecordBadges({ record }: { record: RecordView }) {
  const { say } = useSpeech();
  return (
    <>
      {isSample(record) && (
        <span className="badge" title={say('sample_note')}>
          {say('sample')}
        </span>
      )}
      {record.delivery !== 'new' && (
        <span className="badge strong" title={say(`delivery_${record.delivery}`)}>
          {say(`badge_${record.delivery}`)}
        </span>
      )}
    </>
  );
}

export function RecordSubject({ record }: { record: RecordView }) {
  const { say, formats } = useSpeech();
  if (record.subject !== '') return <span className="code">{record.subject}</span>;
  return record.population > 0 ? say('people', { n: formats.count(record.population) }) : '–';
}

function RecordPurpose({ record }: { record: RecordView }) {
  const { say, language, names } = useSpeech();
  const kind = recordKind(record);
  if (kind === 'unreadable') return <span className="quiet">{record.unreadable}</span>;
  if (kind !== 'access') return <span className="quiet">{say(`kind_${kind}`)}</span>;
  const shown = record.fields.slice(0, 3).map(field => names.field(field));
  const rest = record.fields.length - shown.length;
  return (
    <>
      <span className="purpose-name">{names.purpose(record.purpose) || say('none_stated')}</span>
      <small>
        {sayId(say, language, 'operation', record.operation)}
        {': '}
        {shown.join(language === 'ja' ? '、' : ', ')}
        {rest > 0 && ` ${say('more_fields', { n: String(rest) })}`}
      </small>
      <small className="narrow">
        {record.actor} → <RecordSubject record={record} />
      </small>
    </>
  );
}
