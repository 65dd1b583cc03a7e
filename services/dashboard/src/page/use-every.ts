// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';

/** Calls `action` each `ms` while `active` and while the page is visible; at once on becoming visible late. */
export function useEvery(ms: number, active: boolean, action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!active) return;
    let last = Date.now();
    const act = () => {
      if (document.hidden || Date.now() - last < ms * 0.9) return;
      last = Date.now();
      latest.current();
    };
    const timer = setInterval(act, ms);
    document.addEventListener('visibilitychange', act);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', act);
    };
  }, [ms, active]);
}
