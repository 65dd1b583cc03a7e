// SPDX-License-Identifier: Apache-2.0
// How far a back-test has come, in a file beside the trail, so that it can go on after it was stopped or killed.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Tally } from '@ashiato/policy/trail';
import { cannotRun } from './exit.ts';
import type { SegmentRange } from './stored-objects.ts';

/** What was asked; a state of another question is refused. */
export interface Question {
  /** Address of the object store. */
  trail: string;
  /** SHA-256 of the bundles that judge. */
  policies: string[];
  throughout: boolean;
  /** Milliseconds since 1970; null = open. */
  from: number | null;
  to: number | null;
  first: number;
  /** File that takes every change, or null. */
  changes: string | null;
}

export interface BacktestState {
  format: 'ashiato.backtest/1';
  question: Question;
  /** What the trail held at the start: what came later is left to another back-test. */
  ranges: Record<string, SegmentRange>;
  /** Offset at which each partition goes on. */
  next: Record<string, number>;
  segments: number;
  /** Bytes of the file of changes that belong to what is done. */
  changes_bytes: number;
  tally: Tally;
}

/** The state kept in a file, if there is one; it MUST belong to the same question. */
export function readState(path: string, question: Question): BacktestState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cannotRun(`${path}: cannot be read`, cause);
  }
  const state = parsed(text);
  const differing = state ? differences(state.question, question) : ['format'];
  if (differing.length === 0) return state;
  throw cannotRun(
    `${path}: expected the state of this back-test, got one that differs in ${differing.join(', ')}; ` +
      'ask the same, name another file, or remove it',
  );
}

function parsed(text: string): BacktestState | undefined {
  try {
    const state = JSON.parse(text) as BacktestState | null;
    return state?.format === 'ashiato.backtest/1' ? state : undefined;
  } catch {
    return undefined; // told by the caller as a file of another format
  }
}

function differences(kept: Question, asked: Question): string[] {
  const names = Object.keys(asked) as (keyof Question)[];
  return names.filter(name => JSON.stringify(kept[name]) !== JSON.stringify(asked[name]));
}

/** Replaces the file at once: whenever we die, the one before or this one is there, whole. */
export function writeState(path: string, state: BacktestState): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, JSON.stringify(state));
  renameSync(beside, path);
}

export const removeState = (path: string): void => rmSync(path, { force: true });

export interface ChangesFile {
  /** Resolves when the lines are handed to the file. */
  append(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file of changes and cuts off what was written after the last kept state, which will come again. */
export async function openChanges(path: string, bytes: number): Promise<ChangesFile> {
  const file = await openFile(path, bytes > 0 ? 'r+' : 'w');
  const { size } = await file.stat();
  if (size < bytes) {
    await file.close();
    throw cannotRun(
      `${path}: expected at least ${bytes} bytes from the part that is done, got ${size}; start anew`,
    );
  }
  await file.truncate(bytes);
  let end = bytes;
  return {
    async append(lines) {
      if (lines.length === 0) return;
      const { bytesWritten } = await file.write(lines.map(line => `${line}\n`).join(''), end);
      end += bytesWritten;
    },
    close: () => file.close(),
  };
}

async function openFile(path: string, flags: string): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (cause) {
    throw cannotRun(`${path}: cannot be written`, cause);
  }
}
