-- One row per projected segment, written after the segment's records: what stands here is queryable in full.
-- ORDER BY: stream and partition first, since the frontier is asked per partition; then the offset where the
-- segment begins, which is its identity. Two projectors may write the same row at once: the token drops the
-- second inside the window, and ReplacingMergeTree folds it whenever it came later, so readers use FINAL.
CREATE TABLE IF NOT EXISTS segments
(
    stream           LowCardinality(String),
    partition        UInt32,
    from             UInt64,
    to               UInt64,
    records          UInt32,
    key              String,
    sha256           String COMMENT 'of the uncompressed bytes, hex',
    stored_sha256    String COMMENT 'of the stored object, hex',
    previous         String COMMENT 'sha256 of the segment before; empty in the first',
    policies         Array(String) COMMENT 'sha256 of every policy bundle that judged a record in it',
    conforming       UInt32,
    undetermined     UInt32,
    violation        UInt32,
    unreadable       UInt32,
    redeliveries     UInt32,
    bytes            UInt64 COMMENT 'uncompressed bytes of the segment',
    first_appended   DateTime64(3, 'UTC'),
    last_appended    DateTime64(3, 'UTC'),
    projected_at     DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(projected_at)
ORDER BY (stream, partition, from)
SETTINGS non_replicated_deduplication_window = 10000
