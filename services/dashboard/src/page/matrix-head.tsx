// SPDX-License-Identifier: Apache-2.0
import type { Matrix } from './matrix-layout.ts';
import { useSpeech } from './page-context.ts';

/** Two header rows: the policy's groups, then the fields, written vertically. Both stay in sight. */
export function MatrixHead({ matrix }: { matrix: Matrix }) {
  const { say, names } = useSpeech();
  return (
    <thead>
      <tr className="groups">
        <th scope="col" rowSpan={2} className="corner">
          {say('purpose')}
        </th>
        <th scope="col" rowSpan={2} className="total-head">
          {say('total')}
        </th>
        {matrix.groups.map(({ group, known, span }) => {
          const name = known ? names.group(group).replaceAll('_', ' ') : say('not_in_policy');
          return (
            <th key={`${known}.${group}`} scope="colgroup" colSpan={span} title={name}>
              <span className="group-name">{known ? name : say('not_in_policy_short')}</span>
            </th>
          );
        })}
      </tr>
      <tr className="fields">
        {matrix.columns.map(({ field, group, known }, index) => (
          <th
            key={field}
            scope="col"
            className={`${matrix.columns[index - 1]?.group === group ? '' : 'first-of-group'} ${known ? '' : 'unlisted'}`}
            title={known ? field : `${field}: ${say('not_in_policy')}`}
          >
            <span className="field-name">{names.field(field) || say('none_stated')}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}
