// SPDX-License-Identifier: Apache-2.0
// The parts of kafkajs 2.2.4 below its consumer: connections, metadata, and requests by broker. Its consumer
// hides batch headers, log start offsets and revocations, which we need to prove gaps; its connections, TLS
// and SASL are what we keep. The version is pinned, and kafkajs-private.test.ts fails if these parts move.
import { createRequire } from 'node:module';
import type { ConnectionOptions } from 'node:tls';
import type { logCreator, SASLOptions } from 'kafkajs';

export interface Broker {
  nodeId: number;
  connectionPool: { host: string; port: number; send(request: WireRequest): Promise<unknown> };
  joinGroup(request: object): Promise<JoinedGroup>;
  syncGroup(request: object): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: object): Promise<unknown>;
  leaveGroup(request: object): Promise<unknown>;
  listOffsets(request: object): Promise<ListedOffsets>;
  offsetCommit(request: object): Promise<unknown>;
}

export interface JoinedGroup {
  generationId: number;
  leaderId: string;
  memberId: string;
  members: { memberId: string; memberMetadata: Buffer }[];
}

export interface ListedOffsets {
  responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
}

export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(of: { nodeId: number | string }): Promise<Broker>;
  findGroupCoordinator(of: { groupId: string }): Promise<Broker>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  removeBroker(at: { host: string; port: number }): void;
}

export interface WireRequest {
  request: object;
  response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
  requestTimeout?: number;
}

export interface ClusterSettings {
  brokers: string[];
  clientId: string;
  ssl?: ConnectionOptions | boolean | undefined;
  sasl?: SASLOptions | undefined;
  connectionTimeout: number;
  requestTimeout: number;
  metadataMaxAge: number;
  retry: {
    initialRetryTime: number;
    maxRetryTime: number;
    retries: number;
    factor: number;
    multiplier: number;
  };
  logCreator: logCreator;
}

const load = createRequire(import.meta.url);
const ClusterClass: new (settings: object) => Cluster = load('kafkajs/src/cluster');
const socketFactory: () => unknown = load('kafkajs/src/network/socketFactory');
const loggers: { createLogger(settings: object): unknown; LEVELS: { WARN: number } } =
  load('kafkajs/src/loggers');
const fetchV11: (request: object) => object = load('kafkajs/src/protocol/requests/fetch/v11/request');

const READ_UNCOMMITTED = 0;

interface Connection {
  connectionTimeout: number;
  connect(): Promise<unknown>;
}
const ConnectionClass: { prototype: Connection } = load('kafkajs/src/network/connection');

/**
 * kafkajs opens a socket for each caller that finds a connection down, keeps the last and forgets the others
 * open, and writes to a socket not yet connected. Callers of the same moment share one attempt instead; an
 * attempt that never settles (the peer ends during a TLS handshake) is shared no longer than it may take.
 */
function shareConnects(): void {
  const connect = ConnectionClass.prototype.connect;
  const attempts = new WeakMap<Connection, Promise<unknown>>();
  ConnectionClass.prototype.connect = function shared(this: Connection) {
    const underWay = attempts.get(this);
    if (underWay !== undefined) return underWay;
    const attempt = connect.call(this);
    const forget = () => {
      clearTimeout(timer);
      if (attempts.get(this) === attempt) attempts.delete(this);
    };
    const timer = setTimeout(forget, 2 * this.connectionTimeout).unref();
    attempts.set(this, attempt);
    attempt.then(forget, forget);
    return attempt;
  };
}
shareConnects();

/** Connections and metadata of their own, not shared with anyone. */
export function createCluster(settings: ClusterSettings): Cluster {
  return new ClusterClass({
    ...settings,
    logger: loggers.createLogger({ level: loggers.LEVELS.WARN, logCreator: settings.logCreator }),
    socketFactory: socketFactory(),
    enforceRequestTimeout: true,
    authenticationTimeout: 10_000,
    reauthenticationThreshold: 10_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: READ_UNCOMMITTED,
  });
}

export interface FetchFrom {
  topic: string;
  partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
}

/** The request of one fetch (version 11), reading uncommitted. */
export function fetchRequest(topics: FetchFrom[], maxWaitTime: number, maxBytes: number): object {
  return fetchV11({
    replicaId: -1,
    maxWaitTime,
    minBytes: 1,
    maxBytes,
    isolationLevel: READ_UNCOMMITTED,
    topics,
    rackId: '',
  });
}
