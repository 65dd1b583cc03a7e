// SPDX-License-Identifier: Apache-2.0
// Each finding in both directions: the first policy's text has the defect; mended in that one fact, it has not.
import { describe, expect, it } from 'vitest';
import { bundleOf, type PolicyBundle } from '../bundle.ts';
import { bundle } from '../event.fixture.ts';
import { library } from '../example.fixture.ts';
import { parsePolicy } from '../parse-policy.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { lint } from './lint.ts';

type Files = Pick<PolicyBundle, 'policy' | 'rules' | 'registers'>;

/** The first policy with some facts changed. */
function changed(change: (files: Files) => void): PolicyBundle {
  const { policy, rules, registers } = structuredClone(bundle);
  change({ policy, rules, registers });
  return bundleOf(policy, rules, registers);
}
const idsOf = (of: PolicyBundle) => lint(of).map(({ id }) => id);
const found = (id: string, of = bundle) => lint(of).find(finding => finding.id === id);
const purpose = ({ policy }: Files, id: string) => policy.purposes.find(one => one.id === id)!;
const recipient = ({ policy }: Files, id: string) => policy.recipients.find(one => one.id === id)!;
const text = ({ policy }: Files): NonNullable<PolicyDocument['text']> => policy.text!;

const TEXT = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9', 'L10', 'L11', 'L12'];

/** What each finding names: clauses, lines, and ids. */
const NAMED: [id: string, clauses: string, lines: string, about: string][] = [
  ['L1', 'C1 C4-V6 C4-T3 C4-T4', '10-10 70-70', 'C1 C4-V6 C4-T3 C4-T4'],
  ['L2', 'C2-P12 C2-B12', '14-14 28-28', 'incidental incidental_business'],
  ['L3', 'C3-R1 C3-R2 C3-R3 C3-R4 C3-J2 C3-M1', '36-36 38-38 39-39 41-41 48-48 64-64', '※1 ※2 ※3 ※4 ※5 ※6'],
  ['L4', 'C3-M1 C3-M2 C3-M3', '64-64 65-65 66-66', 'name address representative'],
  ['L5', 'C4-T4', '70-70', 'sales_agent'],
  ['L6', 'C4-T1', '70-70', 'parent_company'],
  ['L7', 'C4-T3', '70-70', 'C4-T3'],
  ['L8', 'C0', '1-85', 'retention disclosure correction suspension security_measures'],
  ['L9', 'C2-P07 C2-P08', '14-14', 'product_development direct_marketing affiliate'],
  [
    'L10',
    'C1 C3-G1 C3-G2 C3-G3',
    '10-10 58-58 59-59 60-60',
    'customer.age customer.birth_date customer.contract_details customer.power_usage',
  ],
  ['L11', 'C2-S C4-T2', '15-15 70-70', 'method threshold anonymisation_rules'],
  ['L12', 'C2-P08', '14-14', 'direct_marketing mail email phone visit'],
];

describe('the first policy', () => {
  it('has exactly the twelve findings of its text', () => {
    expect(idsOf(bundle)).toEqual(TEXT);
  });

  it.each(NAMED)('%s names its clauses and lines', (id, clauses, lines, about) => {
    const finding = found(id)!;
    expect(finding.clauses.join(' ')).toBe(clauses);
    expect(finding.lines.map(span => span.join('-')).join(' ')).toBe(lines);
    expect(finding.about.join(' ')).toBe(about);
  });

  it('says each in whole sentences of both languages', () => {
    for (const { ja, en } of lint(bundle)) {
      expect(ja).toMatch(/[ぁ-ん].*。$/);
      expect(ja).not.toMatch(/undefined|\{/);
      expect(en).toMatch(/^[A-Z].*\.$/);
      expect(en).not.toMatch(/undefined|\{|[ぁ-ん]/);
    }
  });
});

/** The one fact that takes a finding away. */
const MENDED: Record<string, (files: Files) => void> = {
  L1: files => {
    files.policy.collection!.open_ended = false;
    text(files).open_lists = [];
  },
  L2: ({ policy }) => {
    for (const one of [...policy.purposes, ...policy.businesses]) delete one.requires_parent;
  },
  L3: files => {
    for (const footnote of text(files).footnotes!) footnote.defined_on = 85;
  },
  L4: files => {
    text(files).joint_use![0]!.manager!.told = ['name', 'address', 'representative'];
  },
  L5: files => {
    recipient(files, 'sales_agent').ground = 'entrustment';
  },
  L6: files => {
    recipient(files, 'parent_company').ground = 'consent';
  },
  L7: files => {
    delete text(files).repeated;
  },
  L8: files => {
    const topics = ['retention', 'disclosure', 'correction', 'suspension', 'security_measures', 'complaints'];
    text(files).topics = Object.fromEntries(topics.map(topic => [topic, 'C6']));
  },
  L9: files => {
    recipient(files, 'affiliate').clause = 'C4-T1';
  },
  L10: files => {
    text(files).joint_use![0]!.items.push('customer');
  },
  L11: files => {
    text(files).statistics!.told = ['method', 'threshold', 'anonymisation_rules'];
  },
  L12: files => {
    purpose(files, 'direct_marketing').opt_out = 'C6';
  },
};

describe('a text without the defect', () => {
  it.each(TEXT)('does not have %s, and keeps the others', id => {
    expect(idsOf(changed(MENDED[id]!))).toEqual(TEXT.filter(other => other !== id));
  });

  it('may lack all facts: then only the missing topics are found', () => {
    expect(idsOf(parsePolicy(library()))).toEqual(['L8']);
  });

  it('is told what is still missing, and no more', () => {
    const half = changed(files => {
      text(files).joint_use![0]!.manager!.told = ['name'];
      text(files).joint_use!.push({ users: ['sales_agent'], items: ['basic'], purposes: [] });
      text(files).topics = { retention: 'C1', complaints: 'C6' };
      text(files).footnotes![1]!.defined_on = 39;
    });
    expect(found('L4', half)!.about).toEqual(['address', 'representative']);
    expect(found('L5', half)!.en).toContain('sales agent (no purposes, manager)');
    expect(found('L5', half)!.ja).toContain('販売代理店(目的、管理責任者)');
    expect(found('L8', half)!.about).not.toContain('retention');
    expect(found('L3', half)!.about).toEqual(['※1', '※3', '※4', '※5', '※6']);
  });

  it('is known as direct marketing by the vocabulary, under whatever prefix', () => {
    const other = changed(files => {
      files.policy.prefixes.v = 'https://w3id.org/dpv#';
      purpose(files, 'direct_marketing').dpv = ['v:DirectMarketing'];
      delete purpose(files, 'direct_marketing').needs;
    });
    expect(found('L12', other)!.about).toEqual(['direct_marketing']);
    const none = changed(files => {
      purpose(files, 'direct_marketing').dpv = ['ext:DirectMarketing'];
    });
    expect(found('L12', none)).toBeUndefined();
  });
});

describe('any policy', () => {
  it('L13: is told of a purpose that no field serves', () => {
    const all = changed(files => {
      purpose(files, 'billing').not_needed = files.policy.fields.map(({ id }) => id);
    });
    expect(found('L13', all)).toMatchObject({ clauses: ['C2-P03'], about: ['billing'], lines: [[14, 14]] });
    const allButOne = changed(files => {
      purpose(files, 'billing').not_needed = files.policy.fields.slice(1).map(({ id }) => id);
    });
    expect(found('L13', allButOne)).toBeUndefined();
  });

  it('L14: is told of a field that no purpose needs', () => {
    const unneeded = (kinds: string[]) =>
      changed(files => {
        const chosen = files.policy.purposes.filter(({ kind }) => kinds.includes(kind));
        for (const one of chosen) one.not_needed = ['negawatt.baseline'];
      });
    expect(found('L14', unneeded(['own', 'joint', 'desk']))).toMatchObject({
      clauses: ['C3-G3'],
      about: ['negawatt.baseline'],
      lines: [[60, 60]],
    });
    expect(found('L14', unneeded(['own', 'joint']))).toBeUndefined();
  });

  it('L15: is told of a partner that needs an agreement and has none, and of a kind without partner', () => {
    const without = changed(({ registers }) => {
      registers.agreements = registers.agreements.filter(({ partner }) => partner !== 'callcentre-b');
      registers.partners = registers.partners.filter(({ id }) => id !== 'delivery-a');
    });
    expect(found('L15', without)).toMatchObject({
      clauses: ['C4-V3', 'C4-V4'],
      about: ['callcentre-b', 'delivery_company'],
    });
    expect(found('L15', without)!.en).toContain(
      'call centre (callcentre-b), delivery company (nobody registered)',
    );
    // An agreement that has ended, or holds no secrecy, is judged with each event.
    expect(bundle.registers.agreements.some(({ nda }) => !nda)).toBe(true);
    expect(found('L15')).toBeUndefined();
  });
});
