// SPDX-License-Identifier: Apache-2.0
// What judging has to do with the trail: the verdict as it is committed, and committed records judged again.
export { readBundle } from '../bundle.ts';
export { type BacktestDeps, backtestRecord, type ChangedAccess, emptyTally, type Tally } from './backtest.ts';
export { judgeAgain, judgeEvent } from './judge-event.ts';
export { instantOf, type Period } from './period.ts';
