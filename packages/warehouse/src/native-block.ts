// SPDX-License-Identifier: Apache-2.0
// ClickHouse's Native format: one block of columns, each in a buffer of its own, with no object per value.
// Layout: varint columns, varint rows; per column its name, its type, its values
// (https://clickhouse.com/docs/en/interfaces/formats#native, SerializationLowCardinality.cpp, SerializationArray.cpp).
import {
  type ByteBuffer,
  createByteBuffer,
  taken,
  writeByte,
  writeInt64,
  writeLatin1,
  writeString,
  writeUint32,
  writeVarint,
  writeZeros,
} from './byte-buffer.ts';
import { WarehouseError } from './errors.ts';

/** What every column has; `only` tells cheaply that a row holds the type's default here (empty, 0). */
interface AnyColumn<Row> {
  name: string;
  only?: ((row: Row) => boolean) | undefined;
}
/** `FixedString(16)` takes 16 characters of one byte each. */
export interface TextColumn<Row> extends AnyColumn<Row> {
  type: 'String' | 'LowCardinality(String)' | 'FixedString(16)';
  value(row: Row): string;
}
/** `DateTime64` takes ticks since 1970: milliseconds (3) or microseconds (6). */
export interface NumberColumn<Row> extends AnyColumn<Row> {
  type: 'UInt8' | 'UInt32' | 'UInt64' | "DateTime64(3, 'UTC')" | "DateTime64(6, 'UTC')";
  value(row: Row): number;
}
export interface ListColumn<Row> extends AnyColumn<Row> {
  type: 'Array(String)' | 'Array(LowCardinality(String))';
  value(row: Row): readonly string[];
}
export type Column<Row> = TextColumn<Row> | NumberColumn<Row> | ListColumn<Row>;

/** Rows left out between two calls hold the default. `clear` keeps the memory, since fresh memory is dear. */
interface Writer<Row> {
  write(row: Row, at: number): void;
  parts(rows: number): Buffer[];
  clear(): void;
}

export interface NativeBlock<Row> {
  append(row: Row): void;
  /** The finished block, in memory of its own; the next row begins another block. */
  finish(): Buffer;
}

/** An empty block; `expectedRows` only sizes the buffers. */
export function createNativeBlock<Row>(
  columns: readonly Column<Row>[],
  expectedRows: number,
): NativeBlock<Row> {
  const writers = columns.map(column => createWriter(column, expectedRows));
  const groups = groupsOf(columns, writers);
  let count = 0;
  return {
    append(row) {
      for (const { only, members } of groups) {
        if (only && !only(row)) continue;
        for (const writer of members) writer.write(row, count);
      }
      count++;
    },
    finish() {
      const head = createByteBuffer(16);
      writeVarint(head, columns.length);
      writeVarint(head, count);
      const parts = [taken(head)];
      for (const [i, column] of columns.entries()) {
        const title = createByteBuffer(128);
        writeString(title, column.name);
        writeString(title, column.type);
        parts.push(taken(title), ...(count > 0 ? writers[i]!.parts(count) : []));
      }
      const block = joined(parts);
      for (const writer of writers) writer.clear();
      count = 0;
      return block;
    },
  };
}

/** In memory of its own, so that it can be handed to another thread. */
function joined(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole;
}

/** Columns that share their `only`, so that it is asked once a row. */
function groupsOf<Row>(columns: readonly Column<Row>[], writers: readonly Writer<Row>[]) {
  const groups = Map.groupBy(columns.keys(), i => columns[i]!.only);
  return [...groups].map(([only, places]) => ({ only, members: places.map(i => writers[i]!) }));
}

function createWriter<Row>(column: Column<Row>, rows: number): Writer<Row> {
  switch (column.type) {
    case 'String':
      return textWriter(column.value, 1, writeString, rows);
    case 'FixedString(16)':
      return textWriter(column.value, 16, writeLatin1, rows);
    case 'LowCardinality(String)':
      return lowCardinalityWriter(column.value, rows);
    case 'Array(String)':
    case 'Array(LowCardinality(String))':
      return listWriter(column.value, column.type === 'Array(LowCardinality(String))', rows);
    default:
      return numberWriter(column, rows);
  }
}

/** `defaultBytes` zeros are the default: the length of an empty text, or a fixed one. */
function textWriter<Row>(
  value: (row: Row) => string,
  defaultBytes: number,
  writeText: (to: ByteBuffer, text: string) => void,
  rows: number,
): Writer<Row> {
  const bytes = createByteBuffer(rows * 16);
  let next = 0;
  return {
    write(row, at) {
      if (at > next) writeZeros(bytes, (at - next) * defaultBytes);
      next = at + 1;
      writeText(bytes, value(row));
    },
    parts(count) {
      writeZeros(bytes, (count - next) * defaultBytes);
      return [taken(bytes)];
    },
    clear() {
      bytes.end = 0;
      next = 0;
    },
  };
}

const WIDTHS: Record<NumberColumn<never>['type'], { bytes: number; min: number; max: number }> = {
  UInt8: { bytes: 1, min: 0, max: 255 },
  UInt32: { bytes: 4, min: 0, max: 2 ** 32 - 1 },
  UInt64: { bytes: 8, min: 0, max: Number.MAX_SAFE_INTEGER },
  "DateTime64(3, 'UTC')": { bytes: 8, min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
  "DateTime64(6, 'UTC')": { bytes: 8, min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
};

function numberWriter<Row>(column: NumberColumn<Row>, rows: number): Writer<Row> {
  const width = WIDTHS[column.type];
  const bytes = createByteBuffer(rows * width.bytes);
  const write = width.bytes === 1 ? writeByte : width.bytes === 4 ? writeUint32 : writeInt64;
  let next = 0;
  return {
    write(row, at) {
      if (at > next) writeZeros(bytes, (at - next) * width.bytes);
      next = at + 1;
      const value = column.value(row);
      if (!(Number.isInteger(value) && value >= width.min && value <= width.max)) {
        throw new WarehouseError('SHAPE', `${column.name}: expected ${column.type}, got ${value}`);
      }
      write(bytes, value);
    },
    parts(count) {
      writeZeros(bytes, (count - next) * width.bytes);
      return [taken(bytes)];
    },
    clear() {
      bytes.end = 0;
      next = 0;
    },
  };
}

const SHARED_DICTIONARY_VERSION = 1;
const HAS_KEYS_AND_NEEDS_UPDATE = 0x600;

/** Values as numbers of a dictionary that travels in the same block; number 0 is the empty text. */
function createDictionary(rows: number) {
  const numbers = new Map<string, number>([['', 0]]);
  const keys = createByteBuffer(1024);
  writeString(keys, '');
  let values = new Uint32Array(Math.max(64, rows));
  let lastText = '';
  let lastNumber = 0;

  function numberOf(text: string): number {
    if (text === lastText) return lastNumber;
    let number = numbers.get(text);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(text, number);
      writeString(keys, text);
    }
    lastText = text;
    lastNumber = number;
    return number;
  }

  function set(at: number, text: string): void {
    if (at >= values.length) {
      const grown = new Uint32Array(Math.max(values.length * 2, at + 1));
      grown.set(values);
      values = grown;
    }
    values[at] = numberOf(text);
  }

  function parts(count: number): Buffer[] {
    if (count === 0) return [];
    const width = numbers.size <= 256 ? 1 : numbers.size <= 65_536 ? 2 : 4;
    const head = createByteBuffer(16);
    writeInt64(head, HAS_KEYS_AND_NEEDS_UPDATE | (width >> 1));
    writeInt64(head, numbers.size);
    const size = createByteBuffer(8);
    writeInt64(size, count);
    if (values.length < count) set(count - 1, '');
    return [taken(head), taken(keys), taken(size), narrowed(values.subarray(0, count), width)];
  }

  function clear(): void {
    values.fill(0);
    numbers.clear();
    numbers.set('', 0);
    keys.end = 0;
    writeString(keys, '');
    lastText = '';
    lastNumber = 0;
  }

  return { set, parts, clear };
}

function narrowed(values: Uint32Array, width: 1 | 2 | 4): Buffer {
  const array = width === 1 ? Uint8Array.from(values) : width === 2 ? Uint16Array.from(values) : values;
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function versionPart(): Buffer {
  const version = createByteBuffer(8);
  writeInt64(version, SHARED_DICTIONARY_VERSION);
  return taken(version);
}

function lowCardinalityWriter<Row>(value: (row: Row) => string, rows: number): Writer<Row> {
  const dictionary = createDictionary(rows);
  return {
    write: (row, at) => dictionary.set(at, value(row)),
    parts: count => [versionPart(), ...dictionary.parts(count)],
    clear: dictionary.clear,
  };
}

/** Lists: the running total of elements per row, then all elements as one column. */
function listWriter<Row>(
  value: (row: Row) => readonly string[],
  lowCardinality: boolean,
  rows: number,
): Writer<Row> {
  const ends = createByteBuffer(rows * 8);
  const texts = createByteBuffer(1024);
  const dictionary = createDictionary(lowCardinality ? rows * 4 : 0);
  let total = 0;
  let next = 0;
  const endAt = (row: number): void => {
    for (; next < row; next++) writeInt64(ends, total);
  };
  return {
    write(row, at) {
      endAt(at);
      for (const element of value(row)) {
        if (lowCardinality) dictionary.set(total, element);
        else writeString(texts, element);
        total++;
      }
      endAt(at + 1);
    },
    parts(count) {
      endAt(count);
      return lowCardinality
        ? [versionPart(), taken(ends), ...dictionary.parts(total)]
        : [taken(ends), taken(texts)];
    },
    clear() {
      ends.end = 0;
      texts.end = 0;
      total = 0;
      next = 0;
      dictionary.clear();
    },
  };
}
