-- One row per audit record of every stream: access events, seals, beacons, context, control, unreadable bytes.
--
-- PARTITION BY month of the broker's clock: retention drops whole months, and nothing else ever deletes. And by the
-- queue's partition: rows of several of them lie between one another in time, so that merging them goes row by row
-- (more than half of the engine's work while catching up), and one partition's segments only follow one another.
-- ORDER BY, column by column:
--   appended_at  newest records are read from the end without sorting; a segment arrives sorted, so an insert
--                costs no sort and a merge lays segments end to end; a period prunes to a contiguous range
--   stream, partition, offset  make the key unique (two records may share a millisecond), so the cursor of
--                a list is a place in this order and stays right while rows are added
-- A purpose or a service in front would compress better and serve one report; time in front serves them all,
-- and a year's purpose matrix is a scan of four thin columns either way.
-- Reports ask by the event's own clock: `time_range` skips what lies outside, since the clocks run together.
-- The bloom filters answer "who looked at this person", "what explains this" and "where is this event".
CREATE TABLE IF NOT EXISTS records
(
    stream              LowCardinality(String),
    partition           UInt32,
    offset              UInt64 CODEC(Delta, ZSTD(1)),
    appended_at         DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    time                DateTime64(6, 'UTC') COMMENT 'the event''s own clock; the broker''s where it has no valid one' CODEC(Delta, ZSTD(1)),
    type                LowCardinality(String),
    event_id            String CODEC(ZSTD(1)),
    event_digest        FixedString(16) COMMENT 'first half of the SHA-256 of the event''s bytes, encrypted members as null',
    source              LowCardinality(String),
    source_epoch        LowCardinality(String),
    sequenced           UInt8,
    sequence            UInt64 COMMENT '0 where sequenced is 0' CODEC(Delta, ZSTD(1)),
    actor               String CODEC(ZSTD(1)),
    actor_type          LowCardinality(String),
    org                 LowCardinality(String),
    role                LowCardinality(String),
    session             String CODEC(ZSTD(1)),
    on_behalf_of        Array(String) COMMENT 'ids, nearest first',
    subject             String CODEC(ZSTD(1)),
    population          UInt32,
    operation_id        String CODEC(ZSTD(1)),
    part                UInt32 COMMENT 'from 1; 0 = not in parts',
    part_of             UInt32,
    operation           LowCardinality(String),
    form                LowCardinality(String),
    fields              Array(LowCardinality(String)),
    purpose             LowCardinality(String),
    parent_purpose      LowCardinality(String),
    business            LowCardinality(String),
    parent_business     LowCardinality(String),
    channel             LowCardinality(String),
    recipient           LowCardinality(String) COMMENT 'category',
    recipient_id        LowCardinality(String),
    recipient_area      LowCardinality(String),
    recipient_country   LowCardinality(String),
    provider            LowCardinality(String),
    provider_id         LowCardinality(String),
    acquisition_method  LowCardinality(String),
    provision_basis     LowCardinality(String),
    reference_kinds     Array(LowCardinality(String)) COMMENT 'parallel to reference_ids',
    reference_ids       Array(String),
    lookup_by           LowCardinality(String),
    lookup_adjacent     UInt8,
    result_count        UInt32,
    outcome             LowCardinality(String) COMMENT 'the event''s: success, denied, failed',
    break_glass         LowCardinality(String) COMMENT 'code; empty = not used',
    break_glass_approver String CODEC(ZSTD(1)),
    site                LowCardinality(String),
    terminal            String CODEC(ZSTD(1)),
    site_ip             String CODEC(ZSTD(1)),
    verdict             LowCardinality(String) COMMENT 'of the mode the deployment chose; empty = not judged',
    literal             LowCardinality(String),
    strict              LowCardinality(String),
    policy_id           LowCardinality(String),
    policy_version      LowCardinality(String),
    policy_sha256       LowCardinality(String),
    policy_source_sha256 LowCardinality(String),
    clauses             Array(LowCardinality(String)) COMMENT 'of all findings, each once',
    finding_codes       Array(LowCardinality(String)) COMMENT 'each once',
    findings            String COMMENT 'JSON of the committed findings; empty = not judged' CODEC(ZSTD(1)),
    delivery            LowCardinality(String),
    counted             UInt8 COMMENT '1 for access events that are no re-delivery',
    missing_from        UInt64 COMMENT 'first sequence number skipped before this one' CODEC(ZSTD(1)),
    missing_count       UInt64 COMMENT '0 = none skipped' CODEC(ZSTD(1)),
    marks               Array(LowCardinality(String)),
    encrypted_members   Array(LowCardinality(String)) COMMENT 'JSON pointers of members kept encrypted',
    unreadable          LowCardinality(String) COMMENT 'why the bytes are no event; empty otherwise',
    body                String COMMENT 'JSON of data for everything but access events: facts, seals, control' CODEC(ZSTD(1)),
    segment_from        UInt64 CODEC(Delta, ZSTD(1)),

    id      String ALIAS concat(stream, '.', toString(partition), '.', toString(offset)),
    segment String ALIAS concat('segments/', stream, '/', leftPad(toString(partition), 5, '0'), '/', leftPad(toString(segment_from), 20, '0'), '.jsonl.zst'),

    INDEX time_range time TYPE minmax GRANULARITY 1,
    INDEX offset_range offset TYPE minmax GRANULARITY 1,
    INDEX subject_bloom subject TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX actor_bloom actor TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX event_id_bloom event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX reference_bloom reference_ids TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY (toYYYYMM(appended_at), partition)
ORDER BY (appended_at, stream, partition, offset)
SETTINGS non_replicated_deduplication_window = 10000
