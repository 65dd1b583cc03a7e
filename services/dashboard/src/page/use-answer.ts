// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Failure } from './api-client.ts';

export interface Asked<T> {
  /** The last good answer; kept while the next is on its way or fails. */
  value: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  refresh(): void;
}

type Read<T> = (signal: AbortSignal) => Promise<Answer<T>>;

/** Asks when `key` changes and on `refresh`. A newer question aborts the one under way. `null` asks nothing. */
export function useAnswer<T>(key: string | null, read: Read<T>): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, 'refresh'>>({
    value: undefined,
    failure: undefined,
    loading: true,
  });
  const running = useRef<AbortController>(null);
  const latest = useRef(read);
  latest.current = read;
  const refresh = useCallback(() => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setState(before => ({ ...before, loading: true }));
    void ask(latest.current, abort.signal).then(answer => {
      if (answer === 'aborted') return;
      setState(before =>
        answer.kind === 'ok'
          ? { value: answer.value, failure: undefined, loading: false }
          : { value: before.value, failure: answer, loading: false },
      );
    });
  }, []);
  useEffect(() => {
    if (key === null) return;
    refresh();
    return () => running.current?.abort();
  }, [key, refresh]);
  return { ...state, refresh };
}

async function ask<T>(read: Read<T>, signal: AbortSignal): Promise<Answer<T> | 'aborted'> {
  try {
    return await read(signal);
  } catch (problem) {
    if (signal.aborted) return 'aborted';
    throw problem;
  }
}
