// SPDX-License-Identifier: Apache-2.0
// The verifier as a page: opened from disk, it reads the chosen files and says what it found, in two languages.
import { z } from 'zod';
import { KIND_FORMS } from '../render/kind-forms.ts';
import { type ByteSource, FAULTS, type Fault, type Verification, verifyExtract } from '../verify/index.ts';

// The page's own policy allows no code made at run time.
z.config({ jitless: true });

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const fileIn = (id: string): File | undefined => element<HTMLInputElement>(id).files?.[0];

const sourceOf = (file: File): ByteSource => ({
  size: file.size,
  read: async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
});

/** Share of the whole work that is done when a step begins, and how much of it the step is. */
const STEPS = { hashes: [0, 0.4], log: [0.4, 0.05], records: [0.45, 0.55] } as const;

async function verify(): Promise<Verification> {
  const logKey = element<HTMLTextAreaElement>('key').value.trim();
  const [trust, previous] = [fileIn('trust'), fileIn('previous')];
  return verifyExtract(sourceOf(fileIn('file')!), {
    ...(logKey === '' ? {} : { logKey }),
    ...(trust ? { policy: await trust.text() } : {}),
    ...(previous ? { previous: sourceOf(previous) } : {}),
    onProgress(step, done, total) {
      const [start, share] = STEPS[step];
      element<HTMLProgressElement>('bar').value = start + (share * done) / Math.max(total, 1);
    },
  });
}

function add(parent: HTMLElement, tag: string, text = '', className = ''): HTMLElement {
  const child = document.createElement(tag);
  child.textContent = text;
  if (className !== '') child.className = className;
  if (tag === 'span') child.lang = 'en';
  return parent.appendChild(child);
}

function bilingual(parent: HTMLElement, tag: string, ja: string, en: string): HTMLElement {
  const child = add(parent, tag, ja);
  add(child, 'span', en);
  return child;
}

function show({ ok, faults, manifest, log }: Verification): void {
  const box = add(element('result'), 'section', '', `result ${ok ? 'ok' : 'wrong'}`);
  const isUnpinned = faults.length === 1 && faults[0]!.code === 'unpinned';
  if (ok) bilingual(box, 'h2', '検証できた', 'Verified');
  else if (isUnpinned) bilingual(box, 'h2', '鍵を除き、すべて合う', 'All fits, but for the key');
  else bilingual(box, 'h2', '検証できない', 'Not verified');
  for (const fault of faults) showFault(box, fault);
  if (!manifest) return;
  const { request, counts, complete, complete_until, checkpoint } = manifest;
  const body = add(add(box, 'table'), 'tbody');
  const row = (ja: string, en: string, value: string) => {
    const line = add(body, 'tr');
    bilingual(line, 'th', ja, en);
    add(line, 'td', value);
  };
  const { ja, en } = KIND_FORMS[request.kind].title;
  row('種類', 'Kind', `${ja} / ${en}`);
  row('期間', 'Period', `${request.from} – ${request.to}`);
  row('条件', 'Filter', JSON.stringify(request.filter));
  row('事案番号', 'Case', request.case ?? '—');
  row('条件に当たる記録', 'Records that match', String(counts.matching));
  row('開示を控えた記録', 'Withheld', String(counts.withheld));
  row(
    '完全性',
    'Completeness',
    complete === 'proven' ? '証明済み / proven' : '陳述のみ / stated, not proven',
  );
  row('確定', 'Committed until', complete_until);
  row('ログ', 'Log', `${log?.name ?? '—'}${log?.pinned ? '' : '（未確認 / unpinned）'}`);
  row('チェックポイント', 'Checkpoint', `${checkpoint.size} ${checkpoint.root}`);
  const witnessed = log?.witnessed.map(({ name, time }) => `${name} ${new Date(time * 1000).toISOString()}`);
  row('証人', 'Witnesses', witnessed?.join(', ') || '—');
}

function showFault(box: HTMLElement, { code, place, detail }: Fault): void {
  const line = bilingual(box, 'p', FAULTS[code].ja, FAULTS[code].en);
  add(line, 'code', `${code} ${place}: ${detail}`);
}

element('form').addEventListener('submit', async submitted => {
  submitted.preventDefault();
  const button = element<HTMLButtonElement>('verify');
  const progress = element('progress');
  button.disabled = true;
  progress.hidden = false;
  element('result').replaceChildren();
  try {
    show(await verify());
  } catch (error) {
    const box = add(element('result'), 'section', '', 'result wrong');
    bilingual(box, 'h2', 'ファイルを読めなかった', 'A file could not be read');
    add(box, 'code', String(error));
  } finally {
    button.disabled = false;
    progress.hidden = true;
  }
});
