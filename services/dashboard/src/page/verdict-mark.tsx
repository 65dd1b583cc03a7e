// SPDX-License-Identifier: Apache-2.0
// A verdict as a shape, a colour and a word: none of the three is needed to tell it from the others.
import type { ReactNode } from 'react';
import { useSpeech } from './page-context.ts';
import type { VerdictChoice } from './view-state.ts';

const SHAPES: Record<VerdictChoice, ReactNode> = {
  conforming: (
    <>
      <circle cx="8" cy="8" r="7" className="shape" />
      <path d="M4.8 8.2 7 10.4l4.2-4.6" className="stroke" />
    </>
  ),
  undetermined: (
    <>
      <path d="M8 1.6 14.4 8 8 14.4 1.6 8Z" className="outline" />
      <circle cx="8" cy="8" r="1.8" className="shape" />
    </>
  ),
  violation: (
    <>
      <path d="M8 1 15.6 14.6H.4Z" className="shape" />
      <path d="M8 6v3.9M8 12.1v.2" className="stroke" />
    </>
  ),
};

export function VerdictShape({ outcome }: { outcome: VerdictChoice }) {
  return (
    <svg className={`verdict-shape ${outcome}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[outcome]}
    </svg>
  );
}

export function VerdictMark({ outcome }: { outcome: VerdictChoice }) {
  const { say } = useSpeech();
  return (
    <span className={`verdict ${outcome}`}>
      <VerdictShape outcome={outcome} />
      {say(`outcome_${outcome}`)}
    </span>
  );
}
