// SPDX-License-Identifier: Apache-2.0
// Rows of segments that have expired go too; what is behind the chain's start is what a rebuild would not make.
import { asWarehouseError } from './errors.ts';
import type { Warehouse } from './open-warehouse.ts';

/** Removes all rows of one partition below offset `before`; durable, and safe to repeat, when it resolves. */
export async function forgetBefore(
  warehouse: Warehouse,
  { stream, partition, before }: { stream: string; partition: number; before: number },
): Promise<void> {
  try {
    for (const [table, column] of [
      ['records', 'offset'],
      ['segments', 'from'],
    ]) {
      await warehouse.client.command({
        query: `ALTER TABLE ${table} DELETE
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND ${column} < {before:UInt64}`,
        query_params: { stream, partition, before },
        clickhouse_settings: { mutations_sync: '2' },
      });
    }
  } catch (error) {
    throw asWarehouseError(error, 'forget expired rows');
  }
}
