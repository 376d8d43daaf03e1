import { createHash } from 'node:crypto';
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { part } from '../../../../scripts/making/cache.ts';
import { run } from '../../../../scripts/making/run.ts';
import { OURS_IN_JQ } from '../runner/images.ts';
import { goEnv } from './go.ts';
import { versionIn } from './programs.ts';

const MODULES = join(import.meta.dirname, 'modules');
/** What kwok does with every node and with every pod, at once. */
const STAGES = ['node/fast', 'node/heartbeat-with-lease', 'pod/fast'];

/** In the status of a container, what kwok leaves out: the API server resizes only where a kubelet reports resources. */
const AS_KUBELET = {
  stage: 'pod-ready',
  after: '- image: {{ .image | Quote }}\n',
  add: '  resources: {{ or .resources dict | toJson }}\n',
};

interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly kind: string };
    readonly selector: { readonly matchExpressions?: readonly object[] };
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** kwok's own stages in one file, but for pods of our images, which the lab runs itself. @returns its path */
export function kwokStages(cache: string): string {
  const version = moduleVersion('tools', 'sigs.k8s.io/kwok');
  const hash = createHash('sha256')
    .update(JSON.stringify([STAGES, OURS_IN_JQ, AS_KUBELET]))
    .digest('hex')
    .slice(0, 8);
  const folder = part(cache, `kwok-stages-${version}-${hash}`, (growing) => {
    const from = join(moduleFolder(cache, 'tools', 'sigs.k8s.io/kwok'), 'kustomize/stage');
    const files = STAGES.flatMap((stage) =>
      globSync('*.yaml', { cwd: join(from, stage) })
        .filter((name) => name !== 'kustomization.yaml')
        .sort()
        .map((name) => readFileSync(join(from, stage, name), 'utf8')),
    );
    writeFileSync(join(growing, 'stages.yaml'), foreignOnly(files).map(withResources).join('\n---\n'));
  });
  return join(folder, 'stages.yaml');
}

/** JSON is YAML, too. */
export function foreignOnly(files: readonly string[]): string[] {
  const foreign = { key: OURS_IN_JQ, operator: 'DoesNotExist' };
  return (files.flatMap((text) => loadAll(text)) as Stage[]).map((stage) => {
    const { resourceRef, selector } = stage.spec;
    if (resourceRef.kind !== 'Pod') return JSON.stringify(stage);
    const matchExpressions = [...(selector.matchExpressions ?? []), foreign];
    return JSON.stringify({ ...stage, spec: { ...stage.spec, selector: { ...selector, matchExpressions } } });
  });
}

/** @throws Error where kwok's stage has become another one */
export function withResources(text: string): string {
  const stage = JSON.parse(text) as Stage & { spec: { next: { statusTemplate: string } } };
  if (stage.metadata.name !== AS_KUBELET.stage) return text;
  const { statusTemplate } = stage.spec.next;
  const { after, add } = AS_KUBELET;
  if (!statusTemplate.includes(after)) throw new Error(`kwok's stage ${AS_KUBELET.stage} has no ${after}`);
  const next = { ...stage.spec.next, statusTemplate: statusTemplate.replaceAll(after, after + add) };
  return JSON.stringify({ ...stage, spec: { ...stage.spec, next } });
}

/** The API's own description, from which schemas are made. @returns the path of swagger.json */
export function openApi(cache: string): string {
  const version = moduleVersion('kubernetes', 'k8s.io/kubernetes');
  const folder = part(cache, `openapi-${version}`, (growing) => {
    const from = moduleFolder(cache, 'kubernetes', 'k8s.io/kubernetes');
    cpSync(join(from, 'api/openapi-spec/swagger.json'), join(growing, 'swagger.json'));
  });
  return join(folder, 'swagger.json');
}

export function moduleVersion(module: string, name: string): string {
  return versionIn(readFileSync(join(MODULES, module, 'go.mod'), 'utf8'), name);
}

/** Where Go keeps its sources; they are downloaded where that has not happened yet. */
export function moduleFolder(cache: string, module: string, name: string): string {
  const told = run('go', ['mod', 'download', '-json', name], { cwd: join(MODULES, module), env: goEnv(cache) });
  return (JSON.parse(told) as { Dir: string }).Dir;
}
