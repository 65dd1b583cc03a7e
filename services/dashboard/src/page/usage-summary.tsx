// SPDX-License-Identifier: Apache-2.0
import type { Matrix } from './matrix-layout.ts';
import { useSpeech } from './page-context.ts';
import type { PolicyVocabulary } from './policy-vocabulary.ts';
import { VerdictShape } from './verdict-mark.tsx';

/** The few numbers that a reader wants before the table. */
export function UsageSummary({ matrix, policy }: { matrix: Matrix; policy: PolicyVocabulary | undefined }) {
  const { say, formats } = useSpeech();
  const { total } = matrix;
  const used = (entries: readonly { total: { count: number } }[]) =>
    formats.count(entries.filter(entry => entry.total.count > 0).length);
  const outOf = (list: readonly unknown[] | undefined) =>
    list && <small>{say('of_total', { total: formats.count(list.length) })}</small>;
  return (
    <dl className="summary" aria-label={say('summary')}>
      <div>
        <dt>{say('accesses')}</dt>
        <dd>{formats.count(total.count)}</dd>
      </div>
      <div className={total.violations > 0 ? 'violation' : ''}>
        <dt>
          <VerdictShape outcome="violation" />
          {say('violations')}
        </dt>
        <dd>{formats.count(total.violations)}</dd>
      </div>
      <div className={total.undetermined > 0 ? 'undetermined' : ''}>
        <dt>
          <VerdictShape outcome="undetermined" />
          {say('undetermined_count')}
        </dt>
        <dd>{formats.count(total.undetermined)}</dd>
      </div>
      <div>
        <dt>{say('purposes_in_use')}</dt>
        <dd>
          {used(matrix.rows)} {outOf(policy?.purposes)}
        </dd>
      </div>
      <div>
        <dt>{say('fields_in_use')}</dt>
        <dd>
          {used(matrix.columns)} {outOf(policy?.fields)}
        </dd>
      </div>
    </dl>
  );
}
