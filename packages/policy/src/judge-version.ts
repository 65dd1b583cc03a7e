// SPDX-License-Identifier: Apache-2.0
// One version of a policy, ready to judge. The hot path looks a verdict up; it is assembled only when it is new.
import { assemble } from './assemble.ts';
import type { PolicyBundle } from './bundle.ts';
import { outcomesOf } from './describe-finding.ts';
import { type Facts, readFacts } from './facts.ts';
import { createFindingMaker } from './finding-maker.ts';
import { createPlan, MASK_BITS, type Plan } from './plan.ts';
import { createRegisters } from './registers.ts';
import { type Finding, freezeVerdict, type Mode, OUTCOMES, type Outcome, type Verdict } from './verdict.ts';
import { type BusinessSlot, createVocabulary } from './vocabulary.ts';

/** Verdicts remembered for each version; each is a few hundred bytes, its findings are shared. */
const REMEMBERED = 50_000;
/**
 * Beside them, verdicts that name unlisted fields or more classes of fields than bits hold. Names come from outside
 * and never end, so all of these are forgotten when there are so many.
 */
const REMEMBERED_RARE = 2000;

export type VersionJudge = (data: Readonly<Record<string, unknown>>, at: number) => Verdict;

/** Judges `data` of events whose time falls into the version. Never throws. */
export function createVersionJudge(bundle: PolicyBundle, mode: Mode): VersionJudge {
  const vocabulary = createVocabulary(bundle.policy);
  const registers = createRegisters(bundle.registers, bundle.policy.timezone);
  const make = createFindingMaker(bundle);
  const plans: (Plan | undefined)[] = [];
  let remembered = 0;
  const rare = new Map<string, Verdict>();

  const planOf = (data: Readonly<Record<string, unknown>>): Plan => {
    const operation = vocabulary.operationIndex(data.operation);
    const form = vocabulary.formIndex(data.form);
    const purpose = vocabulary.purposeSlot(data.purpose, data.parent_purpose);
    const recipient = recipientOf(data.recipient);
    const row = (operation * vocabulary.forms.length + form) * vocabulary.purposeSlots.length + purpose.index;
    const place = row * vocabulary.recipientSlots.length + recipient.index;
    const known = plans[place];
    if (known) return known;
    const cell = {
      operation: vocabulary.operations[operation]!,
      form: vocabulary.forms[form]!,
      purpose,
      recipient,
    };
    const plan = createPlan(cell, bundle.rules, vocabulary, registers);
    plans[place] = plan;
    return plan;
  };
  const made = (plan: Plan, truths: readonly boolean[], facts: Facts, business: BusinessSlot): Verdict =>
    verdictOf(bundle, mode, assemble(plan, truths, facts, business, make));
  const rareVerdict = (...given: Parameters<typeof made>): Verdict => {
    const name = rareName(...given);
    const known = rare.get(name);
    if (known) return known;
    if (rare.size >= REMEMBERED_RARE) rare.clear();
    const verdict = made(...given);
    rare.set(name, verdict);
    return verdict;
  };
  const recipientOf = (recipient: unknown) => {
    if (recipient === undefined || recipient === null) return vocabulary.recipientSlot(false, undefined);
    const category: unknown = typeof recipient === 'object' ? Reflect.get(recipient, 'category') : undefined;
    return vocabulary.recipientSlot(true, category);
  };

  return (data, at) => {
    const plan = planOf(data);
    const business = vocabulary.businessSlot(data.business, data.parent_business);
    const facts = readFacts(data, at, business.state, vocabulary);
    let key = business.index;
    for (const { test } of plan.predicates) key = key * 2 + (test(facts) ? 1 : 0);
    const mask = maskOf(plan, facts);
    const known = mask === undefined ? undefined : plan.verdicts.get(key)?.get(mask);
    if (known) return known;
    const truths = plan.predicates.map(({ test }) => test(facts));
    if (mask === undefined || key > Number.MAX_SAFE_INTEGER)
      return rareVerdict(plan, truths, facts, business);
    const verdict = made(plan, truths, facts, business);
    if (remembered < REMEMBERED) {
      const verdicts = plan.verdicts.get(key) ?? new Map<number, Verdict>();
      plan.verdicts.set(key, verdicts.set(mask, verdict));
      remembered++;
    }
    return verdict;
  };
}

/** All on which a verdict rests, as text: slower than bits, and without their limits. */
function rareName(
  { cell, classOf }: Plan,
  truths: readonly boolean[],
  facts: Facts,
  business: BusinessSlot,
): string {
  const { operation, form, purpose, recipient } = cell;
  const classes = new Set(facts.fields.map(({ index }) => classOf[index]!));
  const slots = [operation, form, purpose.index, recipient.index, business.index];
  return [...slots, truths.map(Number).join(''), [...classes].sort().join(), facts.unlisted.join()].join(' ');
}

/** The classes of the event's fields as bits; undefined where names from outside could be in the verdict. */
function maskOf(plan: Plan, facts: Facts): number | undefined {
  if (facts.unlisted.length > 0 || plan.classes > MASK_BITS) return undefined;
  let mask = 0;
  for (const { index } of facts.fields) mask |= 1 << plan.classOf[index]!;
  return mask;
}

/** The outcome of each mode is the worst of the findings that bear on it. */
export function verdictOf(bundle: PolicyBundle, mode: Mode, findings: Finding[], inForce = true): Verdict {
  const worst: Record<Mode, number> = { literal: 0, strict: 0 };
  for (const finding of findings) {
    const outcome = outcomesOf(bundle, finding);
    worst.literal = Math.max(worst.literal, rank(outcome.literal));
    worst.strict = Math.max(worst.strict, rank(outcome.strict));
  }
  const literal = OUTCOMES[worst.literal]!;
  const strict = OUTCOMES[worst.strict]!;
  const { id, version, sha256, source_sha256 } = bundle;
  const policy = inForce ? Object.freeze({ id, version, sha256, source_sha256 }) : null;
  return freezeVerdict({ outcome: mode === 'literal' ? literal : strict, literal, strict, policy, findings });
}

function rank(outcome: Outcome | undefined): number {
  return outcome === undefined ? 0 : OUTCOMES.indexOf(outcome);
}
