import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { badRequest, noSuchPath, notAcceptable, tooLarge, unsupportedMediaType } from './refusals.ts';
import { findResource, type ResourceType } from './resources.ts';

/** What a path of the API means. */
export interface Target {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** As kube-apiserver has it. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** No object of the API nests deeper; what does would only exhaust the stack. */
const MAX_DEPTH = 500;

/** Throws the Status of a path that is none. */
export function parseTarget(pathname: string): Target {
  const [root, ...segments] = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
  const [group = '', version = '', ...rest] = root === 'apis' ? segments : ['', ...segments];
  const isNamespaced = rest[0] === 'namespaces' && rest.length >= 3;
  const [plural = '', name, subresource, ...more] = isNamespaced ? rest.slice(2) : rest;
  const type = root === 'api' || root === 'apis' ? findResource(group, version, plural) : undefined;
  const namespace = isNamespaced ? rest[1] : undefined;
  if (type === undefined || more.length > 0) throw noSuchPath();
  if (namespace === undefined ? type.namespaced && name !== undefined : !type.namespaced) throw noSuchPath();
  return { type, namespace, name, subresource };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('the path is not valid UTF-8');
  }
}

/** What the Accept header asks for: whole objects, or their metadata alone. Throws the 406 of the API server. */
export function wantsMetadata(accept: string | undefined, isList: boolean): boolean {
  const form = (accept ?? '*/*')
    .split(',')
    .map(formOf)
    .find((asked) => asked !== 'unknown');
  if (form === undefined) throw notAcceptable('only the following media types are accepted: application/json');
  if (form === 'whole') return false;
  if (form === (isList ? 'PartialObjectMetadataList' : 'PartialObjectMetadata')) return true;
  throw notAcceptable(`you requested ${form}, but the requested object is ${isList ? '' : 'not '}a list`);
}

type Form = 'whole' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'unknown';

function formOf(range: string): Form {
  const [media = '', ...parameters] = range.split(';').map((part) => part.trim());
  if (!['application/json', 'application/*', '*/*'].includes(media)) return 'unknown';
  const values = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
  const as = values.get('as');
  if (as === undefined) return 'whole';
  const isKnown = as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
  return isKnown && values.get('g') === 'meta.k8s.io' && values.get('v') === 'v1' ? as : 'unknown';
}

/** The JSON body of a request; undefined for an empty one. Throws the 400, 413 and 415 of the API server. */
export async function readBody(request: IncomingMessage, mediaType: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // What is left unread stays so, that the refusal can still be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  const given = (request.headers['content-type'] ?? mediaType).split(';')[0]?.trim();
  if (given !== mediaType) throw unsupportedMediaType(mediaType);
  const json = parse(Buffer.concat(chunks).toString('utf8'));
  if (isTooDeep(json, MAX_DEPTH)) throw badRequest('exceeded max depth');
  return json;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the object provided is unrecognized (must be of type JSON)');
  }
}

function isTooDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((part) => isTooDeep(part, left - 1));
}

/** A query parameter that counts something; absent where it is not given. */
export function countParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`${name}: ${JSON.stringify(text)} is not a number`);
  return Number(text);
}

/** A query parameter that is a switch. */
export function isSet(query: URLSearchParams, name: string): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(query.get(name) ?? '');
}
