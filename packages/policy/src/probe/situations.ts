// SPDX-License-Identifier: Apache-2.0
// Whom to name, and when, so that registers show all that rows can ask of them: of every category of recipients a
// partner with and without agreement, and one that nobody knows; what differs, at each of its dates.
import type { PolicyBundle } from '../bundle.ts';
import type { Change } from '../diff/changes.ts';
import { startOfDay } from '../zoned-day.ts';

/** Who receives, under which agreement, and when (milliseconds since 1970). */
export type Situation = {
  at: number;
  recipient?: { category: string; id?: string; area?: string };
  agreement?: string;
  /** Whether it is about an entry that differs between the registers. */
  differs: boolean;
};

/** A category that no policy lists. */
export const STRANGE = 'unlisted_category';

type Dated<T> = T & { start: number; end: number };
type Entry = PolicyBundle['registers']['partners' | 'agreements'][number];

/** Entries of one kind of all bundles, with their days as instants. */
function dated<K extends 'partners' | 'agreements'>(bundles: readonly PolicyBundle[], kind: K) {
  return bundles.flatMap(({ registers, policy: { timezone } }) => {
    const entries: readonly PolicyBundle['registers'][K][number][] = registers[kind];
    return entries.map(
      (entry): Dated<PolicyBundle['registers'][K][number]> => ({
        ...entry,
        start: startOfDay(entry.from, timezone),
        end: entry.to === null ? Number.POSITIVE_INFINITY : startOfDay(entry.to, timezone),
      }),
    );
  });
}

type Registers = ReturnType<typeof registersOf>;
const registersOf = (bundles: readonly PolicyBundle[]) => ({
  partners: dated(bundles, 'partners'),
  agreements: dated(bundles, 'agreements'),
});

/** Situations by category; under '' the one without a recipient. In the order of the files. */
export function situationsOf(
  bundles: readonly PolicyBundle[],
  changes: readonly Change[],
): Map<string, Situation[]> {
  const registers = registersOf(bundles);
  const at = commonInstant(bundles, registers);
  const differing = differingPartners(registers, changes);
  const categories = bundles.flatMap(({ policy }) => policy.recipients.map(({ id }) => id));
  const ended = endedAgreement(registers);
  return new Map<string, Situation[]>([
    ['', [{ at, differs: false }, ...ended]],
    [STRANGE, [{ at, recipient: { category: STRANGE }, differs: false }]],
    ...[...new Set(categories)].map((category): [string, Situation[]] => [
      category,
      [
        ...usualSituations(registers, category, at),
        ...ended.map(situation => ({ ...situation, recipient: { category } })),
        ...[...differing].flatMap(id => datedSituations(registers, category, id)),
      ],
    ]),
  ]);
}

/** An instant at which all are in force, if there is one, with as many entries of the registers as can be. */
function commonInstant(bundles: readonly PolicyBundle[], { partners, agreements }: Registers): number {
  const entries = [...partners, ...agreements];
  const starts = bundles.map(({ effective_from: from }) => Date.parse(from));
  const inForce =
    (at: number) =>
    ({ effective_from: from, effective_to: to }: PolicyBundle) =>
      at >= Date.parse(from) && (to === null || at < Date.parse(to));
  const worth = (at: number) => {
    const held = entries.filter(({ start, end }) => at >= start && at < end).length;
    return bundles.filter(inForce(at)).length * (entries.length + 1) + held;
  };
  const candidates = [...new Set([...starts, ...entries.map(({ start }) => start)])].sort((a, b) => a - b);
  return candidates.reduce((best, at) => (worth(at) > worth(best) ? at : best));
}

/** The moment at which some agreement ends, which is then named whoever receives. */
function endedAgreement({ agreements }: Registers): Situation[] {
  const { id: agreement, end: at } = agreements.find(({ end }) => Number.isFinite(end)) ?? {};
  return agreement === undefined || at === undefined ? [] : [{ at, agreement, differs: false }];
}

function usualSituations({ partners, agreements }: Registers, category: string, at: number): Situation[] {
  const held = ({ start, end }: Dated<Entry>) => at >= start && at < end;
  const partner = partners.find(entry => entry.recipient === category && held(entry));
  const unknown: Situation = { at, recipient: { category }, differs: false };
  if (!partner) return [unknown];
  const situation = (area: string | undefined, agreement?: string): Situation => ({
    at,
    recipient: { category, id: partner.id, ...(area && { area }) },
    ...(agreement && { agreement }),
    differs: false,
  });
  const [area] = partner.areas;
  const agreement = agreements.find(one => one.partner === partner.id && one.nda && held(one));
  return [
    unknown,
    situation(area),
    ...(area ? [situation('elsewhere'), situation(undefined)] : []),
    ...(agreement ? [situation(area, agreement.id)] : []),
  ];
}

/** Ids of partners whose entry differs, or an agreement of theirs. */
function differingPartners({ partners, agreements }: Registers, changes: readonly Change[]): Set<string> {
  const ids = (section: string) =>
    new Set(
      changes.filter(change => change.section === section).map(({ id }) => id.replace(/ \(\d+\)$/, '')),
    );
  const [changedPartners, changedAgreements] = [ids('partners'), ids('agreements')];
  return new Set([
    ...partners.filter(({ id }) => changedPartners.has(id)).map(({ id }) => id),
    ...agreements.filter(({ id }) => changedAgreements.has(id)).map(({ partner }) => partner),
  ]);
}

/** A partner just before the first of its dates and at each of them, in each of its areas, under each agreement. */
function datedSituations({ partners, agreements }: Registers, category: string, id: string): Situation[] {
  const own = partners.filter(entry => entry.id === id);
  if (!own.some(({ recipient }) => recipient === category)) return [];
  const agreed = agreements.filter(({ partner }) => partner === id);
  const dates = [...own, ...agreed].flatMap(({ start, end }) => [start, end]).filter(Number.isFinite);
  const instants = [Math.min(...dates) - 1, ...new Set(dates)].sort((a, b) => a - b);
  const areas = [...new Set(own.flatMap(entry => entry.areas))];
  const names = [undefined, ...new Set(agreed.map(one => one.id))];
  return (areas.length === 0 ? [undefined] : areas).flatMap(area =>
    names.flatMap(agreement =>
      instants.map(
        (at): Situation => ({
          at,
          recipient: { category, id, ...(area && { area }) },
          ...(agreement && { agreement }),
          differs: true,
        }),
      ),
    ),
  );
}
