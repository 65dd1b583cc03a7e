// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'react';
import { formatView, parseView, type View } from './view-state.ts';

/** The view in the address, and how to change it. The address is replaced: going back leaves the page. */
export function useView(): [View, (change: Partial<View>) => void] {
  const [view, setView] = useState(() => parseView(location.search));
  const change = useCallback((changed: Partial<View>) => setView(before => ({ ...before, ...changed })), []);
  useEffect(() => history.replaceState(null, '', `${location.pathname}${formatView(view)}`), [view]);
  return [view, change];
}
