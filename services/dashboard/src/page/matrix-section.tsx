// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import type { Usage } from './api-client.ts';
import { FailureNotice } from './failure-notice.tsx';
import { FrontierLine } from './frontier-line.tsx';
import type { CellChoice } from './matrix-grid.ts';
import { layoutMatrix } from './matrix-layout.ts';
import { MatrixTable } from './matrix-table.tsx';
import { useSpeech } from './page-context.ts';
import type { PolicyVocabulary } from './policy-vocabulary.ts';
import { UsageSummary } from './usage-summary.tsx';
import type { Asked } from './use-answer.ts';
import { VerdictShape } from './verdict-mark.tsx';
import type { View } from './view-state.ts';

interface Props {
  usage: Asked<Usage>;
  policy: Asked<PolicyVocabulary | undefined>;
  view: View;
  change(change: Partial<View>): void;
  choose(choice: CellChoice): void;
}

export function MatrixSection({ usage, policy, view, change, choose }: Props) {
  const { say } = useSpeech();
  return (
    <section className="panel" id="matrix" aria-labelledby="matrix-title" aria-busy={usage.loading}>
      <div className="panel-head">
        <h2 id="matrix-title">{say('matrix_title')}</h2>
        <label className="switch">
          <input
            type="checkbox"
            checked={view.all}
            onChange={event => change({ all: event.target.checked })}
          />
          {say('show_all')}
        </label>
        <button type="button" className="button quiet" onClick={usage.refresh} disabled={usage.loading}>
          {say('refresh')}
        </button>
      </div>
      {usage.failure && (
        <FailureNotice failure={usage.failure} retry={usage.refresh} stale={usage.value !== undefined} />
      )}
      {policy.failure && <p className="notice">{say('names_missing')}</p>}
      {usage.value && <MatrixBody usage={usage.value} policy={policy.value} view={view} choose={choose} />}
      {!usage.value && !usage.failure && <p className="loading">{say('loading')}</p>}
    </section>
  );
}

interface BodyProps {
  usage: Usage;
  policy: PolicyVocabulary | undefined;
  view: View;
  choose(choice: CellChoice): void;
}

function MatrixBody({ usage, policy, view, choose }: BodyProps) {
  const { say } = useSpeech();
  const matrix = useMemo(() => layoutMatrix(usage, policy, view.all), [usage, policy, view.all]);
  const empty = matrix.total.count === 0;
  return (
    <>
      <UsageSummary matrix={matrix} policy={policy} />
      {empty && (
        <div className="empty">
          <strong>{say('matrix_empty')}</strong>
          <p>{say('matrix_empty_hint')}</p>
        </div>
      )}
      {(!empty || view.all) && <MatrixTable matrix={matrix} chosen={view} choose={choose} />}
      {!empty && <Legend />}
      <FrontierLine frontier={usage.frontier} />
    </>
  );
}

function Legend() {
  const { say } = useSpeech();
  return (
    <div className="legend">
      <ul aria-label={say('legend')}>
        <li>
          <VerdictShape outcome="violation" /> {say('legend_violation')}
        </li>
        <li>
          <VerdictShape outcome="undetermined" /> {say('legend_undetermined')}
        </li>
        <li>
          <span className="scale" aria-hidden="true">
            <i className="heat-1" />
            <i className="heat-3" />
            <i className="heat-6" />
          </span>
          {say('legend_heat')}
        </li>
      </ul>
      <p>{say('matrix_note')}</p>
    </div>
  );
}
