// SPDX-License-Identifier: Apache-2.0
import { useSpeech } from './page-context.ts';
import type { VerdictChoice, View } from './view-state.ts';

const VERDICTS: (VerdictChoice | null)[] = [null, 'violation', 'undetermined', 'conforming'];

interface Props {
  view: View;
  change(change: Partial<View>): void;
}

/** Which records are listed: a verdict, and the purpose and field chosen in the table above. */
export function RecordFilters({ view, change }: Props) {
  const { say, names } = useSpeech();
  return (
    <div className="filters">
      <fieldset className="segments" aria-label={say('verdict')} title={say('verdict_filter_note')}>
        {VERDICTS.map(verdict => (
          <button
            key={verdict ?? 'all'}
            type="button"
            aria-pressed={view.verdict === verdict}
            onClick={() => change({ verdict })}
          >
            {verdict === null ? say('all_verdicts') : say(`outcome_${verdict}`)}
          </button>
        ))}
      </fieldset>
      {view.purpose !== null && (
        <Chip
          kind={say('purpose')}
          name={names.purpose(view.purpose) || say('none_stated')}
          remove={() => change({ purpose: null })}
        />
      )}
      {view.field !== null && (
        <Chip
          kind={say('field')}
          name={names.field(view.field) || say('none_stated')}
          remove={() => change({ field: null })}
        />
      )}
    </div>
  );
}

function Chip({ kind, name, remove }: { kind: string; name: string; remove(): void }) {
  const { say } = useSpeech();
  return (
    <span className="chip">
      <small>{kind}</small> {name}
      <button type="button" aria-label={say('remove_filter', { name })} onClick={remove}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="m4.5 4.5 7 7m0-7-7 7" />
        </svg>
      </button>
    </span>
  );
}
