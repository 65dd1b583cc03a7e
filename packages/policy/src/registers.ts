// SPDX-License-Identifier: Apache-2.0
// The dated registers, indexed: who was a partner at an instant, and what an agreement was then.
import type { RegistersDocument } from './registers-document.ts';
import { startOfDay } from './zoned-day.ts';

type Period = { from: number; to: number };
type Partner = Period & { recipient: string; areas: ReadonlySet<unknown> };
type Agreement = Period & { partner: string; nda: boolean };

export type Registers = ReturnType<typeof createRegisters>;

/** Indexes registers; days become instants of the zone, starts inclusive, ends exclusive. */
export function createRegisters(document: RegistersDocument, timezone: string) {
  const period = ({ from, to }: { from: string; to: string | null }): Period => ({
    from: startOfDay(from, timezone),
    to: to === null ? Number.POSITIVE_INFINITY : startOfDay(to, timezone),
  });
  const partners = new Map<unknown, Partner[]>();
  for (const { id, recipient, areas, ...dates } of document.partners) {
    const entries = partners.get(id) ?? [];
    partners.set(id, [...entries, { recipient, areas: new Set(areas), ...period(dates) }]);
  }
  const agreements = new Map<unknown, Agreement>(
    document.agreements.map(({ id, partner, nda, ...dates }) => [id, { partner, nda, ...period(dates) }]),
  );
  const within = (at: number, { from, to }: Period): boolean => at >= from && at < to;
  return {
    /** The entry of this partner in this category at the instant. */
    partnerAt(id: unknown, category: unknown, at: number): Partner | undefined {
      return partners.get(id)?.find(entry => entry.recipient === category && within(at, entry));
    },
    /** The agreement counts: held for this partner, in force at the instant, with secrecy. */
    agreementCounts(id: unknown, partner: unknown, at: number): boolean {
      const agreement = agreements.get(id);
      return (
        agreement !== undefined && agreement.partner === partner && agreement.nda && within(at, agreement)
      );
    },
    /** The register holds an agreement of this id and the instant is at or after its end. */
    agreementEnded(id: unknown, at: number): boolean {
      const agreement = agreements.get(id);
      return agreement !== undefined && at >= agreement.to;
    },
  };
}
