import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { issue, type KeyPair, makeCa } from './certificates.ts';

/** The real service in a process of its own, with files of its own. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  /** Signed its certificate; made for it unless given. */
  readonly ca: KeyPair;
  /** Ports by listener: https, ops, explain. */
  readonly ports: ReadonlyMap<string, number>;
  /** Its latest log lines. */
  readonly log: readonly string[];
  /** Path of a file that it reads: `temper.yaml`, `tls.crt`, `tls.key`, `kubeconfig`. */
  file(name: string): string;
  /** Resolves once `/readyz` answers 200; rejects where the process ends or takes too long. */
  ready(): Promise<void>;
  /** From now on its log is read and dropped: reading lines would slow a measurement down. */
  quiet(): void;
  /** Asks it to end, waits, and removes its files. */
  stop(): Promise<void>;
}

export interface ServiceProcessOptions {
  /** Text of the kubeconfig. */
  readonly kubeconfig: string;
  /** Settings as the configuration file nests them; ports are free ones on the loopback. */
  readonly settings?: { readonly server?: object; readonly [part: string]: unknown };
  readonly ca?: KeyPair;
  /** @default 'src/service/main.ts' */
  readonly entry?: string;
  /** NODE_OPTIONS of the process. @default none */
  readonly nodeOptions?: string;
}

const MAX_LOG_LINES = 400;
/** A second on an idle machine. */
const START_MS = 60_000;
const END_MS = 30_000;
const POLL_MS = 20;

/** The names that the certificate is for. */
export const SERVICE_NAMES = { commonName: 'temper-control.temper.svc', dnsNames: ['localhost'], ips: ['127.0.0.1'] };

/** Starts the service with a certificate made now; it may not be ready yet. */
export function startServiceProcess({
  kubeconfig,
  settings = {},
  ca = makeCa(),
  entry = 'src/service/main.ts',
  nodeOptions = '',
}: ServiceProcessOptions): ServiceProcess {
  const folder = mkdtempSync(join(tmpdir(), 'temper-service-'));
  const file = (name: string): string => join(folder, name);
  const write = (name: string, text: string): void => writeFileSync(file(name), text, { mode: 0o600 });
  const { cert, key } = issue(ca, SERVICE_NAMES);
  write('tls.crt', cert);
  write('tls.key', key);
  write('kubeconfig', kubeconfig);
  write('temper.yaml', JSON.stringify(configuration(settings, file)));
  // The channel ties it to this process: it ends when its parent is gone, however that ended.
  const child = spawn(process.execPath, [entry, '--config', file('temper.yaml')], {
    env: { ...ownEnvironment(), NODE_OPTIONS: nodeOptions },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log: string[] = [];
  const ports = new Map<string, number>();
  follow(child, log, ports);
  return {
    child,
    ca,
    ports,
    log,
    file,
    async ready() {
      await untilReady(child, ports).catch((cause: Error) => {
        throw new Error(`the service is not ready: ${cause.message}\n${log.join('\n')}`, { cause });
      });
    },
    quiet() {
      for (const stream of [child.stdout, child.stderr]) stream?.removeAllListeners('data').resume();
    },
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The content of its configuration file. */
export function configuration(
  settings: ServiceProcessOptions['settings'] = {},
  file: (name: string) => string,
): object {
  return {
    webhook: { enabled: true },
    extender: { enabled: true },
    ...settings,
    kube: { kubeconfig: file('kubeconfig') },
    server: {
      host: '127.0.0.1',
      port: 0,
      metricsPort: 0,
      explainPort: 0,
      drainMs: 0,
      tls: { certFile: file('tls.crt'), keyFile: file('tls.key') },
      ...settings.server,
    },
  };
}

/** Settings of the person's own shell must not reach it. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPER_') && name !== 'KUBECONFIG');
  return Object.fromEntries(kept);
}

function follow(child: ChildProcess, log: string[], ports: Map<string, number>): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      if (log.length > MAX_LOG_LINES) log.shift();
      if (!line.includes('"listening"')) return;
      const { listener, port } = JSON.parse(line) as { listener: string; port: number };
      ports.set(listener, port);
    });
  }
}

async function untilReady(child: ChildProcess, ports: ReadonlyMap<string, number>): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const port = ports.get('ops');
    const answer = port === undefined ? null : await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(child.exitCode === null ? 'it took too long' : `it ended with ${child.exitCode}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(hard);
}
