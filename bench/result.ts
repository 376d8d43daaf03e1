/** What one measurement found: a table, and how it was taken. */
export interface BenchResult {
  name: string;
  rows: Array<Record<string, string | number>>;
  notes: string[];
}
