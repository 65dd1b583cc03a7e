// SPDX-License-Identifier: Apache-2.0
// The list of records: the newest page again and again, older pages on demand.
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Failure, type RecordFilters, readRecords } from './api-client.ts';
import type { Period } from './periods.ts';
import { type Feed, joinNewest, joinOlder, type RecordsPage } from './records-feed.ts';

export interface RecordsList {
  /** `undefined` until the first page for these filters has arrived. */
  feed: Feed | undefined;
  failure: Failure | undefined;
  loading: boolean;
  refresh(): void;
  more(): void;
}

interface Held {
  question: string;
  feed: Feed | undefined;
  failure: Failure | undefined;
  loading: boolean;
}

const NOTHING: Held = { question: '', feed: undefined, failure: undefined, loading: true };

/** `period` undefined (an impossible choice of days) asks nothing. */
export function useRecords(period: Period | undefined, filters: RecordFilters): RecordsList {
  const question = period ? JSON.stringify([period, filters]) : '';
  const [held, setHeld] = useState<Held>(NOTHING);
  const running = useRef<AbortController>(null);
  const read = useCallback(
    async (cursor: string | null, join: (feed: Feed | undefined, page: RecordsPage) => Feed) => {
      if (question === '') return;
      const [asked, chosen] = JSON.parse(question) as [Period, RecordFilters];
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setHeld(before =>
        before.question === question ? { ...before, loading: true } : { ...NOTHING, question },
      );
      try {
        const answer = await readRecords(asked, chosen, cursor, abort.signal);
        if (abort.signal.aborted) return;
        setHeld(({ feed }) =>
          answer.kind === 'ok'
            ? { question, feed: join(feed, answer.value), failure: undefined, loading: false }
            : { question, feed, failure: answer, loading: false },
        );
      } catch (problem) {
        if (!abort.signal.aborted) throw problem;
      }
    },
    [question],
  );
  useEffect(() => {
    void read(null, joinNewest);
    return () => running.current?.abort();
  }, [read]);
  const cursor = held.feed?.cursor ?? null;
  return {
    ...(held.question === question ? held : NOTHING),
    refresh: () => void read(null, joinNewest),
    more: () => {
      if (cursor !== null)
        void read(cursor, (feed, page) => (feed ? joinOlder(feed, page) : joinNewest(feed, page)));
    },
  };
}
