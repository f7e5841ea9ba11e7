import type { Config, StoreStatistics } from '#server';
import type { OperationCounts } from '#storage';

/** Storage traffic as `/info` and `/metrics` show it. */
export function storeStatistics(
  counts: readonly OperationCounts[],
  config: Pick<Config, 'root_dir'>,
): StoreStatistics {
  const sum = (of: (row: OperationCounts) => number) =>
    counts.reduce((total, row) => total + of(row), 0);
  const calls = (...operations: string[]) =>
    sum((row) => (operations.includes(row.operation) ? row.count : 0));
  const bytes = (operation: string) => sum((row) => (row.operation === operation ? row.bytes : 0));
  // Refused conditions and missing objects are answers, not failures.
  const expected = ['ok', 'conflict', 'not-found'];
  return {
    backend: config.root_dir === null || config.root_dir === '' ? 's3' : 'file',
    getCount: calls('get', 'head'),
    putCount: calls('put'),
    deleteCount: calls('delete'),
    listCount: calls('list'),
    errorCount: sum((row) => (expected.includes(row.outcome) ? 0 : row.count)),
    bytesIn: bytes('get'),
    bytesOut: bytes('put'),
  };
}
