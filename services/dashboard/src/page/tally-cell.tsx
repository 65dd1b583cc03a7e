// SPDX-License-Identifier: Apache-2.0
import { heatLevel, type Tally } from './matrix-layout.ts';
import { useSpeech } from './page-context.ts';
import { VerdictShape } from './verdict-mark.tsx';

interface Props {
  tally: Tally | undefined;
  /** What a screen reader hears: the whole sentence with its numbers. */
  label: string;
  place: string;
  chosen: boolean;
  reachable: boolean;
  /** Highest count in sight for the tint; 0 leaves the cell plain (totals). */
  peak: number;
  choose(): void;
}

/** One number of the table; violations and undetermined stand under it with their own shapes. */
export function TallyCell({ tally, label, place, chosen, reachable, peak, choose }: Props) {
  const { say, formats } = useSpeech();
  const kind = peak === 0 ? 'total' : `heat-${heatLevel(tally?.count ?? 0, peak)}`;
  if (!tally) {
    return (
      <td className={`cell ${kind}`}>
        <span className="visually-hidden">{say('none_label')}</span>
      </td>
    );
  }
  return (
    <td className={`cell ${kind} ${tally.violations > 0 ? 'has-violation' : ''}`}>
      <button
        type="button"
        data-place={place}
        tabIndex={reachable ? 0 : -1}
        aria-pressed={chosen}
        title={label}
        onClick={choose}
      >
        <span className="visually-hidden">{label}</span>
        <span className="count" aria-hidden="true">
          {formats.shortCount(tally.count)}
        </span>
        {(tally.violations > 0 || tally.undetermined > 0) && (
          <span className="marks" aria-hidden="true">
            <Mark outcome="violation" count={tally.violations} />
            <Mark outcome="undetermined" count={tally.undetermined} />
          </span>
        )}
      </button>
    </td>
  );
}

function Mark({ outcome, count }: { outcome: 'violation' | 'undetermined'; count: number }) {
  const { formats } = useSpeech();
  if (count === 0) return null;
  return (
    <span className={`mark ${outcome}`}>
      <VerdictShape outcome={outcome} />
      {formats.shortCount(count)}
    </span>
  );
}
