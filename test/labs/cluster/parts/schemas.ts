import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { part } from '../../../../scripts/making/cache.ts';
import { openApi } from './from-modules.ts';

/**
 * JSON schemas of all kinds of the pinned Kubernetes, for kubeconform: `-schema-location 'DIR/{{ .ResourceKind }}{{
 * .KindSuffix }}.json'`. Strict: a field that the kind does not have is an error. @returns their folder
 */
export function schemas(cache: string): string {
  const source = openApi(cache);
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(source)
    .digest('hex');
  return part(cache, `schemas-${hash.slice(0, 16)}`, (folder) => {
    const { definitions } = JSON.parse(readFileSync(source, 'utf8')) as OpenApi;
    for (const [name, schema] of schemasOf(definitions)) writeFileSync(join(folder, name), JSON.stringify(schema));
  });
}

export interface OpenApi {
  readonly definitions: Readonly<Record<string, Definition>>;
}

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly 'x-kubernetes-group-version-kind'?: ReadonlyArray<{ group: string; version: string; kind: string }>;
  readonly [field: string]: unknown;
}

const REFERENCE = '#/definitions/';

/** File names as kubeconform asks for them, and what each holds. */
export function schemasOf(definitions: OpenApi['definitions']): Map<string, object> {
  const files = new Map<string, object>();
  for (const definition of Object.values(definitions)) {
    const kinds = definition['x-kubernetes-group-version-kind'] ?? [];
    // What belongs to every group, such as DeleteOptions, is in no manifest.
    const [only, ...others] = kinds;
    if (only === undefined || others.length > 0) continue;
    const needed = reachable(definition, definitions);
    const strict = Object.fromEntries([...needed].map((name) => [name, written(name, definitions[name] ?? {})]));
    files.set(fileName(only), { ...closed(definition), definitions: strict });
  }
  return files;
}

function fileName({ group, version, kind }: { group: string; version: string; kind: string }): string {
  const first = group.split('.')[0] ?? '';
  return [kind, first, version]
    .filter((part) => part !== '')
    .join('-')
    .toLowerCase()
    .concat('.json');
}

/** No other fields than those that are listed. */
function closed({ properties, ...rest }: Definition): object {
  return properties === undefined ? rest : { ...rest, properties, additionalProperties: false };
}

/** What is a string on the wire, and in a manifest may be a number. */
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', 'number'],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'integer'],
]);

function written(name: string, definition: Definition): object {
  const number = NUMBERS.get(name);
  return number === undefined ? closed(definition) : { oneOf: [{ type: 'string' }, { type: number }] };
}

/** All definitions that a definition leads to. */
function reachable(from: unknown, definitions: OpenApi['definitions'], seen = new Set<string>()): Set<string> {
  if (Array.isArray(from)) for (const part of from) reachable(part, definitions, seen);
  else if (typeof from === 'object' && from !== null) {
    for (const [key, value] of Object.entries(from)) {
      if (key !== '$ref' || typeof value !== 'string') reachable(value, definitions, seen);
      else if (!seen.has(value.slice(REFERENCE.length))) {
        seen.add(value.slice(REFERENCE.length));
        reachable(definitions[value.slice(REFERENCE.length)], definitions, seen);
      }
    }
  }
  return seen;
}
