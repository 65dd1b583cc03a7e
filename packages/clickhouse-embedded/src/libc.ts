// SPDX-License-Identifier: Apache-2.0
// The few system calls Node does not offer.

import ffi from 'ffi-rs';

const library = 'libc';
const { DataType: T } = ffi;
let opened = false;

function open(): void {
  if (opened) return;
  ffi.open({ library, path: process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6' });
  opened = true;
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** flock(2) without waiting: false when another process holds it. Lasts until the file or the process ends. */
export function flockExclusive(file: number): boolean {
  open();
  const paramsValue = [file, LOCK_EX | LOCK_NB];
  return (
    ffi.load({ library, funcName: 'flock', retType: T.I32, paramsType: [T.I32, T.I32], paramsValue }) === 0
  );
}

/** syscall(2) with numbers and buffers; -1 on any error. */
export function systemCall(number: number, ...args: (number | Buffer)[]): number {
  open();
  const paramsType = [T.I64, ...args.map(arg => (typeof arg === 'number' ? T.I64 : T.U8Array))];
  return Number(
    ffi.load({ library, funcName: 'syscall', retType: T.I64, paramsType, paramsValue: [number, ...args] }),
  );
}

const PR_SET_NO_NEW_PRIVS = 38;

/** prctl(2): what this process starts can gain no rights; the kernel wants it before a Landlock restriction. */
export function setNoNewPrivileges(): boolean {
  open();
  const paramsType = [T.I32, T.I64, T.I64, T.I64, T.I64];
  const paramsValue = [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0];
  return ffi.load({ library, funcName: 'prctl', retType: T.I32, paramsType, paramsValue }) === 0;
}
