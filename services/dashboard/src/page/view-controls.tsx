// SPDX-License-Identifier: Apache-2.0
// Period and reading: the two choices that change every number on the page.
import { useSpeech } from './page-context.ts';
import { choiceDays, type Period, type PeriodChoice } from './periods.ts';
import type { Mode, View } from './view-state.ts';

const KINDS = ['today', '7d', '30d', 'free'] as const;
const MODES: Mode[] = ['strict', 'literal'];

interface Props {
  view: View;
  period: Period | undefined;
  change(change: Partial<View>): void;
}

export function ViewControls({ view, period, change }: Props) {
  const { say } = useSpeech();
  return (
    <div className="controls">
      <PeriodPicker choice={view.period} choose={chosen => change({ period: chosen })} />
      <div className="control">
        <span className="control-label" id="mode-label">
          {say('mode')}
        </span>
        <fieldset className="segments" aria-labelledby="mode-label">
          {MODES.map(mode => (
            <button
              key={mode}
              type="button"
              aria-pressed={view.mode === mode}
              onClick={() => change({ mode })}
            >
              {say(`mode_${mode}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <p className="control-notes">
        <PeriodSpan period={period} />
        <span>{say(`mode_${view.mode}_note`)}</span>
      </p>
    </div>
  );
}

function PeriodPicker({ choice, choose }: { choice: PeriodChoice; choose(choice: PeriodChoice): void }) {
  const { say } = useSpeech();
  const days = choiceDays(choice, Date.now());
  return (
    <div className="control">
      <span className="control-label" id="period-label">
        {say('period')}
      </span>
      <fieldset className="segments" aria-labelledby="period-label">
        {KINDS.map(kind => (
          <button
            key={kind}
            type="button"
            aria-pressed={choice.kind === kind}
            onClick={() => choose(kind === 'free' ? { kind, ...days } : { kind })}
          >
            {say(`period_${kind}`)}
          </button>
        ))}
      </fieldset>
      {choice.kind === 'free' && (
        <div className="days">
          <label>
            <span className="visually-hidden">{say('period_first_day')}</span>
            <input
              type="date"
              value={choice.firstDay}
              onChange={event => choose({ ...choice, firstDay: event.target.value })}
            />
          </label>
          <span aria-hidden="true">–</span>
          <label>
            <span className="visually-hidden">{say('period_last_day')}</span>
            <input
              type="date"
              value={choice.lastDay}
              onChange={event => choose({ ...choice, lastDay: event.target.value })}
            />
          </label>
        </div>
      )}
    </div>
  );
}

function PeriodSpan({ period }: { period: Period | undefined }) {
  const { say, formats } = useSpeech();
  if (!period) return <strong role="alert">{say('period_invalid')}</strong>;
  const span = { from: formats.minute(period.from), to: formats.minute(period.to) };
  return <span>{say('period_span', span)}</span>;
}
