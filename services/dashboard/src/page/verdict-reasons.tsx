// SPDX-License-Identifier: Apache-2.0
import type { VerdictView } from '@ashiato/schema';
import { useSpeech } from './page-context.ts';
import { VerdictShape } from './verdict-mark.tsx';

/** Both readings, the policy version, and each finding with the clauses it rests on. */
export function VerdictReasons({ verdict }: { verdict: VerdictView }) {
  const { say } = useSpeech();
  const { policy } = verdict;
  return (
    <section className="reasons" aria-labelledby="reasons-title">
      <h4 id="reasons-title">{say('reasons')}</h4>
      <dl className="readings">
        {(['strict', 'literal'] as const).map(mode => (
          <div key={mode}>
            <dt>{say(`mode_${mode}`)}</dt>
            <dd>
              <VerdictShape outcome={verdict[mode]} /> {say(`outcome_${verdict[mode]}`)}
            </dd>
          </div>
        ))}
        <div>
          <dt>{say('policy')}</dt>
          <dd title={policy ? `SHA-256 ${policy.sha256}` : ''}>
            {policy ? say('policy_version', { id: policy.id, version: policy.version }) : say('no_policy')}
          </dd>
        </div>
      </dl>
      {verdict.findings.length === 0 && <p className="quiet">{say('no_findings')}</p>}
      <ol className="findings">
        {verdict.findings.map((finding, index) => (
          // biome cannot know: findings are an immutable, ordered part of the committed verdict.
          <FindingEntry key={`${index}.${finding.code}`} finding={finding} />
        ))}
      </ol>
    </section>
  );
}

function FindingEntry({ finding }: { finding: VerdictView['findings'][number] }) {
  const { say, language, names } = useSpeech();
  const clauseWords = (clause: string) => {
    const name = names.clause(clause);
    const lines = names.clauseLines(clause);
    return [name === clause ? '' : name, lines && say('clause_lines', { lines })].filter(Boolean).join(' · ');
  };
  return (
    <li>
      <p className="sentence">{finding[language] || finding.code}</p>
      <p className="finding-tags">
        <span className="badge">{say(`mode_${finding.mode}`)}</span>
        {finding.about !== '' && (
          <span>
            {say('about')}: {names.field(finding.about)}
          </span>
        )}
        <span className="code">{finding.code}</span>
      </p>
      <ul className="clauses" aria-label={say('clauses')}>
        {finding.clauses.map(clause => (
          <li key={clause}>
            <span className="code">{clause}</span> {clauseWords(clause)}
          </li>
        ))}
      </ul>
    </li>
  );
}
