// SPDX-License-Identifier: Apache-2.0
import type { UsageReport } from '@ashiato/schema';
import { useSpeech } from './page-context.ts';

/** Up to where the numbers hold: the partition that is furthest behind decides. */
export function FrontierLine({ frontier }: { frontier: UsageReport['frontier'] }) {
  const { say, formats } = useSpeech();
  const access = frontier.filter(row => row.stream === 'access');
  const slowest = access.reduce<string | undefined>(
    (earliest, { appended_at: at }) =>
      earliest === undefined || Date.parse(at) < Date.parse(earliest) ? at : earliest,
    undefined,
  );
  if (slowest === undefined) return <p className="frontier">{say('frontier_unknown')}</p>;
  const partitions = formats.count(access.length);
  return (
    <details className="frontier">
      <summary>{say('frontier', { time: formats.time(slowest), partitions })}</summary>
      <table>
        <caption className="visually-hidden">{say('frontier_details')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('stream')}</th>
            <th scope="col">{say('partition')}</th>
            <th scope="col">{say('last_offset')}</th>
            <th scope="col">{say('received_at')}</th>
          </tr>
        </thead>
        <tbody>
          {frontier.map(row => (
            <tr key={`${row.stream}.${row.partition}`}>
              <td>{row.stream}</td>
              <td>{row.partition}</td>
              <td>{formats.count(row.to)}</td>
              <td>{formats.time(row.appended_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
