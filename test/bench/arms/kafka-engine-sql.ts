// SPDX-License-Identifier: Apache-2.0
// Three ways to let ClickHouse's own Kafka table engine fill our `records` table through a materialized view.
// All take from the event what our rows take from it; columns that need a policy or evidence keep their default.

export type Feed = 'B' | 'B1' | 'B2';

const DATA = `Tuple(
  actor Tuple(id String, type String, org String, role String, session String),
  on_behalf_of Array(Tuple(id String)), subject Tuple(ref String), population Tuple(count UInt32),
  part Tuple(operation_id String, index UInt32, of UInt32), operation String, form String, fields Array(String),
  purpose String, parent_purpose String, business String, parent_business String, channel String,
  recipient Tuple(category String, id String, area String, country String),
  provider Tuple(category String, id String), acquisition Tuple(method String), provision Tuple(basis String),
  refs Map(String, String), lookup Tuple(by String, adjacent UInt8), result Tuple(count UInt32), outcome String,
  break_glass Tuple(code String, approver String), site Tuple(id String, terminal String, ip String))`;
const ATTRIBUTES = 'id String, source String, type String, time String, sequence String, sourceepoch String';

/** Column of `records` and the path of its value in `data`. */
const TEXTS: [column: string, ...path: string[]][] = [
  ['actor', 'actor', 'id'],
  ['actor_type', 'actor', 'type'],
  ['org', 'actor', 'org'],
  ['role', 'actor', 'role'],
  ['session', 'actor', 'session'],
  ['subject', 'subject', 'ref'],
  ['operation_id', 'part', 'operation_id'],
  ['operation', 'operation'],
  ['purpose', 'purpose'],
  ['parent_purpose', 'parent_purpose'],
  ['business', 'business'],
  ['parent_business', 'parent_business'],
  ['channel', 'channel'],
  ['recipient', 'recipient', 'category'],
  ['recipient_id', 'recipient', 'id'],
  ['recipient_area', 'recipient', 'area'],
  ['recipient_country', 'recipient', 'country'],
  ['provider', 'provider', 'category'],
  ['provider_id', 'provider', 'id'],
  ['acquisition_method', 'acquisition', 'method'],
  ['provision_basis', 'provision', 'basis'],
  ['lookup_by', 'lookup', 'by'],
  ['break_glass', 'break_glass', 'code'],
  ['break_glass_approver', 'break_glass', 'approver'],
  ['site', 'site', 'id'],
  ['terminal', 'site', 'terminal'],
  ['site_ip', 'site', 'ip'],
];
const NUMBERS: [column: string, ...path: string[]][] = [
  ['population', 'population', 'count'],
  ['part', 'part', 'index'],
  ['part_of', 'part', 'of'],
  ['lookup_adjacent', 'lookup', 'adjacent'],
  ['result_count', 'result', 'count'],
];

interface Access {
  text(path: string[]): string;
  number(path: string[]): string;
  fields: string;
  behalf: string;
  kinds: string;
  ids: string;
}

const quoted = (path: string[]) => path.map(step => `'${step}'`).join(', ');

/** As the documentation shows it: the object as text, one JSONExtract a column. */
const BY_EXTRACT: Access = {
  text: path => `JSONExtractString(data, ${quoted(path)})`,
  number: path => `JSONExtractUInt(data, ${quoted(path)})`,
  fields: "JSONExtract(data, 'fields', 'Array(String)')",
  behalf: "JSONExtract(data, 'on_behalf_of', 'Array(Tuple(id String))').id",
  kinds: "arrayMap(pair -> pair.1, JSONExtractKeysAndValues(data, 'refs', 'String'))",
  ids: "arrayMap(pair -> pair.2, JSONExtractKeysAndValues(data, 'refs', 'String'))",
};

/** The object parsed once into a named tuple. */
const BY_TUPLE: Access = {
  text: path => `data.${path.join('.')}`,
  number: path => `data.${path.join('.')}`,
  fields: 'data.fields',
  behalf: 'data.on_behalf_of.id',
  kinds: 'mapKeys(data.refs)',
  ids: 'mapValues(data.refs)',
};

/** The columns by name, in any order. */
function columnsOf(access: Access): [column: string, expression: string][] {
  return [
    ['stream', "'access'"],
    ['partition', '_partition'],
    ['offset', '_offset'],
    ['appended_at', 'assumeNotNull(_timestamp_ms)'],
    ['time', 'parseDateTime64BestEffort(time, 6)'],
    ['type', 'type'],
    ['event_id', 'id'],
    ['source', 'source'],
    ['source_epoch', 'sourceepoch'],
    ['sequenced', "sequence != ''"],
    ['sequence', 'toUInt64OrZero(sequence)'],
    ...TEXTS.map(([column, ...path]): [string, string] => [column, access.text(path)]),
    ...NUMBERS.map(([column, ...path]): [string, string] => [column, access.number(path)]),
    ['on_behalf_of', access.behalf],
    ['form', `if(${access.text(['form'])} = '', 'identified', ${access.text(['form'])})`],
    ['fields', access.fields],
    ['reference_kinds', access.kinds],
    ['reference_ids', access.ids],
    ['outcome', `if(${access.text(['outcome'])} = '', 'success', ${access.text(['outcome'])})`],
    ['counted', '1'],
  ];
}

/** Makes `feed`, which reads the topic; blocks end after a second, as our linger does. */
export function feedTable(feed: Feed, bootstrap: string, topic: string): string {
  const columns = {
    B: `${ATTRIBUTES}, data String`,
    B1: `${ATTRIBUTES}, data ${DATA}`,
    B2: 'message String',
  }[feed];
  return `CREATE TABLE feed (${columns}) ENGINE = Kafka SETTINGS kafka_broker_list = '${bootstrap}',
    kafka_topic_list = '${topic}', kafka_group_name = '${feed}-${crypto.randomUUID()}',
    kafka_format = '${feed === 'B2' ? 'RawBLOB' : 'JSONEachRow'}', kafka_num_consumers = 2, kafka_thread_per_consumer = 1,
    kafka_max_block_size = 131072, kafka_poll_max_batch_size = 65536, kafka_flush_interval_ms = 1000`;
}

/** Makes the view that moves what arrives in `feed` into `records`; reading begins with it. */
export function feedView(feed: Feed): string {
  const columns = columnsOf(feed === 'B' ? BY_EXTRACT : BY_TUPLE);
  const [names, values] = [
    columns.map(([name]) => name),
    columns.map(([name, value]) => `${value} AS \`${name}_\``),
  ];
  const place = '_partition, _offset, _timestamp_ms';
  const from =
    feed === 'B2'
      ? `(SELECT JSONExtract(message, 'Tuple(${ATTRIBUTES}, data ${DATA.replaceAll('\n', ' ')})') AS event, event.id AS id,
          event.source AS source, event.type AS type, event.time AS time, event.sequence AS sequence,
          event.sourceepoch AS sourceepoch, event.data AS data, ${place} FROM feed)`
      : 'feed';
  const renamed = names.map(name => `\`${name}_\` AS \`${name}\``);
  return `CREATE MATERIALIZED VIEW feeding TO records AS
    SELECT ${renamed.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${from})`;
}
