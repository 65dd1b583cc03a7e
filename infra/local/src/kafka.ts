// SPDX-License-Identifier: Apache-2.0
// Apache Kafka (KRaft) on loopback without Docker: one broker, or three that replicate to one another.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';
import { kafkaJars, run } from './kafka-jars.ts';

export interface StartedKafka {
  /** host:port,host:port of all brokers. */
  bootstrap: string;
  /** Process ids by broker, in order; 0 for one that is down. */
  pids(): number[];
  /** Sends a signal to broker 0, 1 or 2; resolves at once for stop and continue signals, else when it ended. */
  kill(broker: number, signal: NodeJS.Signals): Promise<void>;
  /** Starts a broker that was ended, on its own data; resolves when it answers. */
  restart(broker: number): Promise<void>;
  /** Ends all brokers. Data stays in the folder. */
  stop(): Promise<void>;
  /** Folder of Kafka's own jars, for its command line tools. */
  jars: string;
}

export interface KafkaPlace {
  /** Settings, data and logs live here and are used again by the next start. */
  dir: string;
  /** Port of the first broker; free ones otherwise. Only asked for on the first start of a folder. */
  port?: number;
  brokers?: 1 | 3;
}

interface Layout {
  cluster_id: string;
  nodes: { id: number; port: number; controllerPort: number }[];
}

const READY_WITHIN_MS = 150_000;

/** Starts Kafka and resolves when every broker answers. Needs Java; needs Maven once, to fetch Kafka. */
export async function startKafka(place: KafkaPlace): Promise<StartedKafka> {
  const dir = resolve(place.dir);
  const jars = await kafkaJars();
  const layout = await layOut(dir, place);
  const running = new Map<number, ChildProcess>();
  // Brokers do not outlive us, unless we are killed with -9.
  const endAll = () => {
    for (const child of running.values()) child.kill('SIGKILL');
  };
  process.once('exit', endAll);

  async function start(node: Layout['nodes'][number]): Promise<void> {
    const log = openSync(join(dir, `broker-${node.id}.out`), 'a');
    const child = spawn('java', ['-Xmx512m', '-cp', join(jars, '*'), 'kafka.Kafka', configOf(dir, node.id)], {
      stdio: ['ignore', log, log],
      cwd: dir,
    });
    running.set(node.id, child);
    child.once('exit', () => {
      if (running.get(node.id) === child) running.delete(node.id);
    });
    await untilListening(node.port, child, join(dir, `broker-${node.id}.out`));
  }

  async function kill(index: number, signal: NodeJS.Signals): Promise<void> {
    const child = running.get(layout.nodes[index]!.id);
    if (child === undefined) return;
    const ended = new Promise(resolveEnd => child.once('exit', resolveEnd));
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  }

  async function stop(): Promise<void> {
    // Three asked politely at once wait for each other's vote for minutes; their data survives this.
    const signal = layout.nodes.length === 1 ? 'SIGTERM' : 'SIGKILL';
    await Promise.all(layout.nodes.map((_, index) => kill(index, signal)));
    process.off('exit', endAll);
  }

  try {
    await Promise.all(layout.nodes.map(start));
  } catch (cause) {
    await Promise.all(layout.nodes.map((_, index) => kill(index, 'SIGKILL')));
    throw cause;
  }
  return {
    bootstrap: layout.nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
    pids: () => layout.nodes.map(({ id }) => running.get(id)?.pid ?? 0),
    kill,
    restart: index => start(layout.nodes[index]!),
    stop,
    jars,
  };
}

function configOf(dir: string, id: number): string {
  return join(dir, `broker-${id}.properties`);
}

/** Decides ports and identity once per folder and formats the brokers' storage. */
async function layOut(dir: string, place: KafkaPlace): Promise<Layout> {
  const file = join(dir, 'layout.json');
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8'));
  await mkdir(dir, { recursive: true });
  const count = place.brokers ?? 1;
  const ports = await freePorts(count * 2);
  if (place.port !== undefined) ports[0] = place.port;
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    port: ports[i]!,
    controllerPort: ports[count + i]!,
  }));
  const layout: Layout = { cluster_id: newClusterId(), nodes };
  await Promise.all(
    nodes.map(async node => {
      await writeFile(configOf(dir, node.id), properties(dir, layout, node));
      await format(layout, configOf(dir, node.id));
    }),
  );
  await writeFile(file, `${JSON.stringify(layout, null, 2)}\n`);
  return layout;
}

async function format(layout: Layout, config: string): Promise<void> {
  const alone = layout.nodes.length === 1 ? ['--standalone'] : [];
  const tool = [
    'kafka.tools.StorageTool',
    'format',
    ...alone,
    '--ignore-formatted',
    '-t',
    layout.cluster_id,
    '-c',
    config,
  ];
  await run('java', ['-cp', join(await kafkaJars(), '*'), ...tool]);
}

function properties(dir: string, { nodes }: Layout, node: Layout['nodes'][number]): string {
  const copies = nodes.length;
  const inSync = copies === 1 ? 1 : 2;
  const quorum =
    copies === 1
      ? `controller.quorum.bootstrap.servers=127.0.0.1:${node.controllerPort}`
      : `controller.quorum.voters=${nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',')}`;
  return `process.roles=broker,controller
node.id=${node.id}
listeners=PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${node.port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
${quorum}
log.dirs=${join(dir, `data-${node.id}`)}
default.replication.factor=${copies}
min.insync.replicas=${inSync}
unclean.leader.election.enable=false
auto.create.topics.enable=false
delete.topic.enable=true
offsets.topic.replication.factor=${copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${inSync}
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=${copies}
share.coordinator.state.topic.min.isr=${inSync}
share.coordinator.state.topic.num.partitions=2
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.retention.check.interval.ms=1000
log.initial.task.delay.ms=500
log.cleaner.backoff.ms=500
`;
}

async function untilListening(port: number, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`kafka ended while starting: ${(await readFile(log, 'utf8')).slice(-2000)}`);
    }
    if (await answers(port)) return;
    await sleep(100);
  }
  throw new Error(`kafka did not answer on port ${port} within ${READY_WITHIN_MS} ms; see ${log}`);
}

/** Whether a broker takes requests there: it answers ApiVersions (version 0). */
function answers(port: number): Promise<boolean> {
  return new Promise(resolveAnswer => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (yes: boolean) => {
      socket.destroy();
      resolveAnswer(yes);
    };
    socket.setTimeout(2000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('data', () => done(true));
    // Length, api key 18, version 0, correlation id, no client id.
    const request = Buffer.alloc(4 + 8 + 2);
    request.writeInt32BE(10, 0);
    request.writeInt16BE(18, 4);
    request.writeInt16BE(0, 6);
    request.writeInt32BE(1, 8);
    request.writeInt16BE(-1, 12);
    socket.once('connect', () => socket.write(request));
  });
}

/** 16 random bytes; one that begins with a dash would be read as an option by Kafka's own tool. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}
