// SPDX-License-Identifier: Apache-2.0
// L15: recipients whose rows ask for an agreement, and for whom the register holds none at all. An agreement that has
// ended, or holds no secrecy, is judged with each event: it depends on the day.
import type { PolicyBundle } from '../bundle.ts';
import { alternatives } from '../rules-document.ts';
import { type Draft, idsOf, type LintRule, listEn, listJa } from './draft.ts';

function withoutAgreement({ policy, rules, registers }: PolicyBundle): Draft | undefined {
  const asked = new Set(
    rules.rules.flatMap(row =>
      alternatives(row).flatMap(({ agreement, recipient = [] }) => (agreement === 'valid' ? recipient : [])),
    ),
  );
  const held = new Set(registers.agreements.map(({ partner }) => partner));
  const partners = registers.partners.filter(({ id }) => !held.has(id));
  const found = policy.recipients.flatMap(recipient => {
    if (!asked.has(recipient.id) && !asked.has(recipient.kind)) return [];
    const bare = partners.filter(partner => partner.recipient === recipient.id);
    const any = registers.partners.some(partner => partner.recipient === recipient.id);
    return any && bare.length === 0 ? [] : [{ recipient, bare }];
  });
  if (found.length === 0) return undefined;
  const words = found.map(({ recipient: { ja, en }, bare }) => {
    const which = idsOf(bare).join(', ');
    return {
      ja: which ? `${ja}(${which})` : `${ja}(登録なし)`,
      en: which ? `${en} (${which})` : `${en} (nobody registered)`,
    };
  });
  return {
    clauses: found.flatMap(({ recipient }) => recipient.clause ?? []),
    about: found.flatMap(({ recipient, bare }) => (bare.length > 0 ? idsOf(bare) : [recipient.id])),
    ja: `契約が要るのに登録に契約がない: ${listJa(words)}。契約を登録するか、渡さない。`,
    en: `An agreement is needed and the register holds none: ${listEn(words)}; register it, or give nothing.`,
  };
}

export const REGISTER_RULES: Record<string, LintRule> = { L15: withoutAgreement };
