// SPDX-License-Identifier: Apache-2.0
// What the service is given; it opens and closes none of it.
import type { SignIns, Tokens } from '@ashiato/auth';
import type { Completeness } from '@ashiato/completeness';
import type { Ledger } from '@ashiato/ledger';
import type { Log } from '@ashiato/ledger/log';
import type { Judge } from '@ashiato/policy';
import type { Logger, Metrics } from '@ashiato/runtime';
import type { CommittedFinding } from '@ashiato/schema';
import type { Reports, Warehouse } from '@ashiato/warehouse';
import type { ExtractJobs } from './extract-jobs.ts';
import type { PageFolder } from './page-files.ts';

/** One answered read of records: what makes it an access event of its own. Nothing of the records' content. */
export interface TrailRead {
  /** Token or session id. */
  reader: string;
  role: string;
  operation: 'list_records' | 'read_record' | 'read_proof' | 'create_extract' | 'read_extract';
  /** The case the reader named in the header `Ashiato-Case`; null when none was. */
  case: string | null;
  /** Names of the filters used. */
  filters: string[];
  /** Subjects whose records were answered, each once. */
  subjects: string[];
  records: number;
}

/** What a finding says; undefined where its policy bundle cannot be had. */
export type Sentence = (finding: CommittedFinding) => { ja: string; en: string } | undefined;

export interface ApiDeps {
  warehouse: Warehouse;
  reports: Reports;
  ledger: Pick<Ledger, 'read'>;
  log: Pick<Log, 'newestCheckpoint' | 'indexOf' | 'tiles' | 'vkey'>;
  /** Whoever gives it runs it too. */
  extracts: ExtractJobs;
  judge: Judge;
  completeness: Pick<Completeness, 'statement'>;
  tokens: Pick<Tokens, 'verify'>;
  /** Absent: no sign-in, bearer tokens alone. */
  signIns?: SignIns;
  /** Sentences of the findings of one policy bundle, current or not. MUST NOT reject. */
  sentences(policySha256: string): Promise<Sentence>;
  /** MUST be durable when it resolves; a read that cannot be recorded is not answered. */
  recordRead(read: TrailRead): Promise<void>;
  metrics: Metrics;
  logger: Logger;
  /** `paths` of OpenAPI documents of the services on the same port. */
  morePaths?: Record<string, unknown>[];
  /** The built page, served at `/`; absent: none. */
  page?: PageFolder;
  /** Whether cookies are to travel over TLS only. */
  secureCookies?: boolean;
}
