// SPDX-License-Identifier: Apache-2.0
// A message as a row of `records`, the columns that follow from the event alone. Nothing is validated.
import type { KafkaMessage } from 'kafkajs';

interface Event {
  id: string;
  source: string;
  type: string;
  time: string;
  sequence?: string;
  sourceepoch?: string;
  data: {
    actor: Record<string, string | undefined>;
    subject?: { ref: string };
    operation: string;
    fields: string[];
    purpose: string;
    business?: string;
    form?: string;
    channel?: string;
    refs?: Record<string, string>;
    outcome?: string;
    site?: Record<string, string | undefined>;
    recipient?: Record<string, string | undefined>;
    lookup?: { by: string };
    result?: { count?: number };
  };
}

export function rowOf(partition: number, message: KafkaMessage) {
  const { data, ...event } = JSON.parse(message.value!.toString()) as Event;
  const refs = data.refs ?? {};
  return {
    stream: 'access',
    partition,
    offset: message.offset,
    appended_at: new Date(Number(message.timestamp)).toISOString(),
    time: event.time,
    type: event.type,
    event_id: event.id,
    source: event.source,
    source_epoch: event.sourceepoch,
    sequenced: event.sequence === undefined ? 0 : 1,
    sequence: event.sequence,
    actor: data.actor.id,
    actor_type: data.actor.type,
    org: data.actor.org,
    role: data.actor.role,
    session: data.actor.session,
    subject: data.subject?.ref,
    operation: data.operation,
    form: data.form ?? 'identified',
    fields: data.fields,
    purpose: data.purpose,
    business: data.business,
    channel: data.channel,
    recipient: data.recipient?.category,
    reference_kinds: Object.keys(refs),
    reference_ids: Object.values(refs),
    lookup_by: data.lookup?.by,
    result_count: data.result?.count,
    outcome: data.outcome ?? 'success',
    site: data.site?.id,
    terminal: data.site?.terminal,
    site_ip: data.site?.ip,
    counted: 1,
  };
}
