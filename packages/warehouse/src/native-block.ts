// SPDX-License-Identifier: Apache-2.0
// ClickHouse's Native format: one block of columns, each in a buffer of its own, with no object per value.
// Layout: varint columns, varint rows; per column its name, its type, its values
// (https://clickhouse.com/docs/en/interfaces/formats#native, SerializationLowCardinality.cpp, SerializationArray.cpp).
import {
  createByteBuffer,
  taken,
  writeByte,
  writeInt64,
  writeLatin1,
  writeString,
  writeUint32,
  writeVarint,
} from './byte-buffer.ts';
import { WarehouseError } from './errors.ts';

/** `FixedString(16)` takes 16 characters of one byte each. */
export interface TextColumn<Row> {
  name: string;
  type: 'String' | 'LowCardinality(String)' | 'FixedString(16)';
  value(row: Row): string;
}
/** `DateTime64` takes ticks since 1970: milliseconds (3) or microseconds (6). */
export interface NumberColumn<Row> {
  name: string;
  type: 'UInt8' | 'UInt32' | 'UInt64' | "DateTime64(3, 'UTC')" | "DateTime64(6, 'UTC')";
  value(row: Row): number;
}
export interface ListColumn<Row> {
  name: string;
  type: 'Array(String)' | 'Array(LowCardinality(String))';
  value(row: Row): readonly string[];
}
export type Column<Row> = TextColumn<Row> | NumberColumn<Row> | ListColumn<Row>;

interface Writer<Row> {
  append(row: Row): void;
  parts(): Buffer[];
}

export interface NativeBlock<Row> {
  append(row: Row): void;
  /** The finished block; nothing may be appended afterwards. */
  finish(): Buffer;
}

/** An empty block; `expectedRows` only sizes the buffers. */
export function createNativeBlock<Row>(
  columns: readonly Column<Row>[],
  expectedRows: number,
): NativeBlock<Row> {
  const writers = columns.map(column => createWriter(column, expectedRows));
  let count = 0;
  return {
    append(row) {
      for (const writer of writers) writer.append(row);
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
        parts.push(taken(title), ...(count > 0 ? writers[i]!.parts() : []));
      }
      return Buffer.concat(parts);
    },
  };
}

function createWriter<Row>(column: Column<Row>, rows: number): Writer<Row> {
  switch (column.type) {
    case 'String':
      return stringWriter(column.value, rows);
    case 'FixedString(16)':
      return fixedWriter(column.value, rows);
    case 'LowCardinality(String)':
      return lowCardinalityWriter(column.value, rows);
    case 'Array(String)':
    case 'Array(LowCardinality(String))':
      return listWriter(column.value, column.type === 'Array(LowCardinality(String))', rows);
    default:
      return numberWriter(column, rows);
  }
}

function stringWriter<Row>(value: (row: Row) => string, rows: number): Writer<Row> {
  const bytes = createByteBuffer(rows * 16);
  return { append: row => writeString(bytes, value(row)), parts: () => [taken(bytes)] };
}

function fixedWriter<Row>(value: (row: Row) => string, rows: number): Writer<Row> {
  const bytes = createByteBuffer(rows * 16);
  return { append: row => writeLatin1(bytes, value(row)), parts: () => [taken(bytes)] };
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
  return {
    append(row) {
      const value = column.value(row);
      if (!(Number.isInteger(value) && value >= width.min && value <= width.max)) {
        throw new WarehouseError('SHAPE', `${column.name}: expected ${column.type}, got ${value}`);
      }
      write(bytes, value);
    },
    parts: () => [taken(bytes)],
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
  let count = 0;
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

  function append(text: string): void {
    if (count === values.length) {
      const grown = new Uint32Array(count * 2);
      grown.set(values);
      values = grown;
    }
    values[count++] = numberOf(text);
  }

  function parts(): Buffer[] {
    if (count === 0) return [];
    const width = numbers.size <= 256 ? 1 : numbers.size <= 65_536 ? 2 : 4;
    const head = createByteBuffer(16);
    writeInt64(head, HAS_KEYS_AND_NEEDS_UPDATE | (width >> 1));
    writeInt64(head, numbers.size);
    const size = createByteBuffer(8);
    writeInt64(size, count);
    return [taken(head), taken(keys), taken(size), narrowed(values.subarray(0, count), width)];
  }

  return { append, parts };
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
    append: row => dictionary.append(value(row)),
    parts: () => [versionPart(), ...dictionary.parts()],
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
  const append = lowCardinality ? dictionary.append : (text: string) => writeString(texts, text);
  let total = 0;
  return {
    append(row) {
      const list = value(row);
      for (const element of list) append(element);
      total += list.length;
      writeInt64(ends, total);
    },
    parts: () =>
      lowCardinality ? [versionPart(), taken(ends), ...dictionary.parts()] : [taken(ends), taken(texts)],
  };
}
