// SPDX-License-Identifier: Apache-2.0
// The one-shot container `setup`: fills the volumes that hold secrets. Arguments: folders of s3, clickhouse, data.
import { makeSecrets } from './make-secrets.ts';

const [s3, clickhouse, data] = process.argv.slice(2);
if (s3 === undefined || clickhouse === undefined || data === undefined) {
  process.stderr.write('setup: expected three folders: those of the S3 server, of ClickHouse, of our data\n');
  process.exit(2);
}
makeSecrets({ s3, clickhouse, data });
