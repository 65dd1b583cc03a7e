// SPDX-License-Identifier: Apache-2.0
import type { RecordView } from '@ashiato/schema';
import type { ReactNode } from 'react';
import { type Speech, useSpeech } from './page-context.ts';
import { isSample, recordKind } from './records-feed.ts';
import { sayId } from './texts/languages.ts';

type Fact = [label: string, value: ReactNode, code?: 'code'];

/** Who, what, whose, why, and the evidence, as the record states them; what it does not state is left out. */
export function RecordFacts({ record }: { record: RecordView }) {
  const speech = useSpeech();
  const { say } = speech;
  const references = Object.entries(record.refs).map(([name, id]): Fact => [name, id, 'code']);
  const isAccess = recordKind(record) === 'access';
  return (
    <>
      {isAccess && (
        <FactList title={say('access')} facts={[...who(record, speech), ...what(record, speech)]} />
      )}
      {isAccess && <FactList title={say('references')} facts={references} none={say('no_references')} />}
      <FactList title={say('evidence')} facts={evidence(record, speech)} />
    </>
  );
}

function FactList({ title, facts, none = '' }: { title: string; facts: Fact[]; none?: string }) {
  const stated = facts.filter(([, value]) => value !== '' && value !== null);
  return (
    <section className="facts">
      <h4>{title}</h4>
      {stated.length === 0 && none !== '' && <p className="quiet">{none}</p>}
      <dl>
        {stated.map(([label, value, code]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className={code ?? ''}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function who(record: RecordView, { say, language, formats }: Speech): Fact[] {
  const actorType = sayId(say, language, 'actor', record.actor_type);
  const people = say('people', { n: formats.count(record.population) });
  return [
    [say('actor'), record.actor === '' ? '' : `${record.actor} (${actorType})`, 'code'],
    [say('role'), [record.org, record.role].filter(Boolean).join(' · ')],
    [say('subject'), record.subject, 'code'],
    [say('population'), record.population > 0 ? people : ''],
  ];
}

function what(record: RecordView, { say, language, names }: Speech): Fact[] {
  const fields = record.fields.map(field => names.field(field)).join(language === 'ja' ? '、' : ', ');
  return [
    [say('operation'), sayId(say, language, 'operation', record.operation)],
    [say('fields'), fields],
    [say('form'), sayId(say, language, 'form', record.form)],
    [say('purpose'), names.purpose(record.purpose)],
    [say('parent_purpose'), names.purpose(record.parent_purpose)],
    [say('business'), names.business(record.business)],
    [say('parent_business'), names.business(record.parent_business)],
    [say('channel'), record.channel],
    [say('recipient'), record.recipient === '' ? say('inside') : names.recipient(record.recipient)],
    [say('recipient_id'), record.recipient_id, 'code'],
    [say('result'), sayId(say, language, 'result', record.outcome)],
  ];
}

function evidence(record: RecordView, { say, formats }: Speech): Fact[] {
  const notes = record.marks.map(mark => say(`mark_${mark}`));
  if (!record.counted && record.delivery !== 'redelivery') notes.push(say('not_counted'));
  const source = isSample(record) ? `${record.source} (${say('sample')})` : record.source;
  return [
    [say('event_time'), formats.time(record.time)],
    [say('received_at'), formats.time(record.appended_at)],
    [say('delivery'), [say(`delivery_${record.delivery}`), ...notes].join(' · ')],
    [say('record_id'), record.id, 'code'],
    [say('source'), source, 'code'],
    [say('sequence'), record.sequence === null ? '' : `${record.sequence} (${record.source_epoch})`, 'code'],
    [say('event_id'), record.event_id, 'code'],
    [say('segment'), record.segment, 'code'],
  ];
}
