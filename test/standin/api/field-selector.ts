import { type KubeObject, nameOf, type PodObject } from './objects.ts';
import { badRequest } from './refusals.ts';

export interface FieldSelector {
  readonly isEmpty: boolean;
  matches(object: KubeObject): boolean;
}

type FieldReader = (object: KubeObject) => string;

const COMMON: ReadonlyMap<string, FieldReader> = new Map([
  ['metadata.name', nameOf],
  ['metadata.namespace', ({ metadata }) => metadata.namespace ?? ''],
]);

const OF_PODS: ReadonlyMap<string, FieldReader> = new Map([
  ...COMMON,
  ['spec.nodeName', (object) => (object as PodObject).spec.nodeName ?? ''],
  ['spec.schedulerName', (object) => (object as PodObject).spec.schedulerName ?? ''],
  ['status.phase', (object) => (object as PodObject).status?.phase ?? ''],
]);

/** Reads `a=b,c!=d`. Throws the API server's 400 for a field that cannot be selected by. */
export function parseFieldSelector(resource: string, text: string): FieldSelector {
  const terms = text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => parseTerm(resource, term));
  return { isEmpty: terms.length === 0, matches: (object) => terms.every((matches) => matches(object)) };
}

function parseTerm(resource: string, term: string): (object: KubeObject) => boolean {
  const [, field = '', operator = '', value = ''] = /^(.*?)(!=|==|=)(.*)$/.exec(term) ?? [];
  if (operator === '') throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const read = (resource === 'pods' ? OF_PODS : COMMON).get(field);
  if (read === undefined) throw badRequest(`field label not supported: ${field}`);
  const isWanted = operator !== '!=';
  return (object) => (read(object) === value) === isWanted;
}
