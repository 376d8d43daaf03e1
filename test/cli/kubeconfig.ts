import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `use` with a kubeconfig that leads to `server`. */
export async function withKubeconfig<T>(server: string, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'temper-cli-test-'));
  try {
    const path = join(folder, 'config');
    writeFileSync(
      path,
      JSON.stringify({
        'current-context': 'test',
        clusters: [{ name: 'test', cluster: { server } }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
        users: [{ name: 'test', user: {} }],
      }),
      { mode: 0o600 },
    );
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
