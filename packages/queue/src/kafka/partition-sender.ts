// SPDX-License-Identifier: Apache-2.0
// The one worker of a partition: what waits becomes a batch, and the next batch goes when this one is acknowledged.
import type { CompressionTypes } from 'kafkajs';
import { QueueError } from '../errors.ts';
import type { Notice, Published } from '../queue.ts';
import { isRefusal, kindOf } from './broker-errors.ts';
import type { ProducerHolder } from './producer-holder.ts';

export interface PartitionSender {
  /** Resolves with each message's offset when all in-sync replicas have it; waits as long as that takes. */
  send(messages: Published[]): Promise<number[]>;
}

/** One call of send(): its messages may go in several batches. */
interface Call {
  offsets: number[];
  left: number;
  resolve: (offsets: number[]) => void;
  reject: (reason: unknown) => void;
}

interface Waiting {
  message: Published;
  call: Call;
  /** Place of the message in its call. */
  index: number;
}

export interface PartitionSenderDeps {
  topic: string;
  partition: number;
  holder: ProducerHolder;
  compression: CompressionTypes;
  report: (notice: Notice) => void;
}

/** Below the brokers' default limit of 1 MiB a batch, before compression. */
const BATCH_BYTES = 900 * 1024;
const BATCH_MESSAGES = 2000;
const RECORD_OVERHEAD = 32;
/** A send is given up after so long, on a new producer: a frozen broker never answers. */
const WATCHDOG_MS = 8000;
const BROKER_TIMEOUT_MS = 2500;
/** The broker will never take this batch. */
const FINAL = /MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|INVALID_RECORD|INVALID_TIMESTAMP|POLICY_VIOLATION/;

export function createPartitionSender(deps: PartitionSenderDeps): PartitionSender {
  const { topic, partition, holder, compression, report } = deps;
  const waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    // One turn of the event loop lets callers of the same moment join the first batch.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      try {
        const base = await sendUntilAcknowledged(batch);
        for (let i = 0; i < batch.length; i++) {
          const { call, index } = batch[i]!;
          call.offsets[index] = base + i;
          if (--call.left === 0) call.resolve(call.offsets);
        }
      } catch (cause) {
        for (const { call } of batch) call.reject(cause);
      }
    }
    running = false;
  }

  async function sendUntilAcknowledged(batch: Waiting[]): Promise<number> {
    const messages = batch.map(({ message: { key, value } }) => ({
      key,
      value: Buffer.from(value.buffer, value.byteOffset, value.length),
      partition,
    }));
    groupedAlready(messages, partition);
    for (;;) {
      const producer = await holder.take();
      try {
        const sent = producer.send({ topic, messages, acks: -1, timeout: BROKER_TIMEOUT_MS, compression });
        const [answer] = await withWatchdog(sent, WATCHDOG_MS);
        if (answer?.baseOffset === undefined) throw new Error('the broker acknowledged without an offset');
        return Number(answer.baseOffset);
      } catch (cause) {
        const kind = kindOf(cause);
        if (FINAL.test(kind))
          throw new QueueError(
            'MESSAGE_TOO_LARGE',
            `${topic}/${partition}: the broker refused a batch (${kind}); compare max.message.bytes of the topic`,
            { cause },
          );
        if (isRefusal(cause))
          throw new QueueError('REFUSED', `publishing to ${topic}: ${kind}; grant the right`, { cause });
        report({
          level: 'warn',
          text: `publishing to ${topic}/${partition}: ${kind}, sending the same batch again`,
        });
        // It may have been stored all the same: whoever reads must expect it twice.
        await holder.replace(producer);
      }
    }
  }

  return {
    send(messages) {
      return new Promise((resolve, reject) => {
        const call: Call = { offsets: new Array(messages.length), left: messages.length, resolve, reject };
        messages.forEach((message, index) => {
          waiting.push({ message, call, index });
        });
        if (!running) void drain();
      });
    },
  };
}

/**
 * kafkajs 2.2.4 sorts messages by partition with one reduce() that copies the group for every message, which costs more
 * than all else that a batch costs. Ours are of one partition: the answer is known. Should kafkajs ask otherwise one
 * day, it finds an ordinary array.
 */
function groupedAlready(messages: object[], partition: number): void {
  Object.defineProperty(messages, 'reduce', { value: () => ({ [partition]: messages }) });
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  while (count < waiting.length && count < BATCH_MESSAGES) {
    const { key, value } = waiting[count]!.message;
    bytes += value.length + (key?.length ?? 0) + RECORD_OVERHEAD;
    if (count > 0 && bytes > BATCH_BYTES) break;
    count++;
  }
  return waiting.splice(0, count);
}

async function withWatchdog<T>(sent: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  // If the watchdog wins, the send's own end no longer matters.
  sent.catch(() => undefined);
  try {
    return await Promise.race([sent, late]);
  } finally {
    clearTimeout(timer);
  }
}
