import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { cacheOf } from '../../scripts/making/cache.ts';

/** Helm, kubeconform and promtool as the cluster lab builds them: `npm run lab:cluster` does. Undefined where it has not yet. */
export const HELM = built('helm');
export const KUBECONFORM = built('kubeconform');
export const PROMTOOL = built('promtool');
export const SCHEMAS = partOf('schemas');

/** For tests that need one of them: why they are left out, or false. */
export const withoutHelm = HELM === undefined && 'no helm: npm run lab:cluster builds it, or set TEMPER_HELM';
export const withoutPromtool = PROMTOOL === undefined && 'no promtool: npm run lab:cluster builds it';
export const withoutKubeconform =
  (KUBECONFORM === undefined || SCHEMAS === undefined) &&
  'no kubeconform and no schemas: npm run lab:cluster makes them';

/** A program of the cluster lab; looked up anew, since the lab may build it after this file was loaded. */
export function built(name: string): string | undefined {
  const given = process.env[`TEMPER_${name.toUpperCase()}`];
  if (given !== undefined) return given;
  const folder = partOf(name);
  return folder === undefined ? undefined : join(folder, name);
}

function partOf(name: string): string | undefined {
  const cache = cacheOf('cluster-lab');
  if (!existsSync(cache)) return undefined;
  const [found] = readdirSync(cache).filter((entry) => entry.startsWith(`${name}-`) && /-[0-9a-f]{16}$/.test(entry));
  return found === undefined ? undefined : join(cache, found);
}

export const CHART = 'charts/temper';
/** Kinds that the operators of others bring. */
export const OPERATORS = ['monitoring.coreos.com/v1', 'cert-manager.io/v1'];

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export function helm(args: readonly string[]): Promise<Ran> {
  return runFile(built('helm') ?? 'helm', args);
}

export function runFile(file: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: error === null ? stderr : `${stderr}${error.message}` });
    });
  });
}

/** `helm template` of the chart, as release temper in namespace temper. */
export function render(args: readonly string[] = [], apis: readonly string[] = OPERATORS): Promise<Ran> {
  const known = apis.flatMap((api) => ['--api-versions', api]);
  return helm(['template', 'temper', CHART, '--namespace', 'temper', '--kube-version', '1.36.3', ...known, ...args]);
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly [field: string]: unknown;
}

/** The objects of a rendering. @throws where it failed */
export async function objects(args: readonly string[] = []): Promise<Manifest[]> {
  const { ok, stdout, stderr } = await render(args);
  if (!ok) throw new Error(stderr);
  return manifestsOf(stdout);
}

export function manifestsOf(text: string): Manifest[] {
  return (loadAll(text) as Array<Manifest | null>).filter((one) => one !== null && one !== undefined);
}

/** As `--set`, of a path and a value. */
export const set = (...pairs: readonly string[]): string[] => pairs.flatMap((pair) => ['--set', pair]);

export const named = (all: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
  all.find((one) => one.kind === kind && one.metadata.name === name);

/** @throws where it is not there */
export function specOf<Spec>(all: readonly Manifest[], kind: string, name: string): Spec {
  const found = named(all, kind, name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found.spec as Spec;
}
