import { Buffer } from 'node:buffer';
import type { ObjectMeta } from './objects.ts';
import type { FieldProblem } from './refusals.ts';

const MAX_ANNOTATION_BYTES = 256 * 1024;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** What the API server has against the name, labels and annotations of any object. */
export function metadataProblems({ name, generateName, labels = {}, annotations = {} }: ObjectMeta): FieldProblem[] {
  return [
    ...nameProblems(name, generateName),
    ...Object.entries(labels).flatMap(([key, value]) => [
      ...keyProblems('metadata.labels', key),
      ...valueProblems('metadata.labels', value),
    ]),
    ...Object.keys(annotations).flatMap((key) => keyProblems('metadata.annotations', key.toLowerCase())),
    ...sizeProblems(annotations),
  ];
}

function nameProblems(name: string | undefined, generateName: string | undefined): FieldProblem[] {
  const field = 'metadata.name';
  if (!name && !generateName) {
    const message = 'Required value: name or generateName is required';
    return [{ field, reason: 'FieldValueRequired', message }];
  }
  if (!name || (name.length <= 253 && SUBDOMAIN.test(name))) return [];
  return [invalid(field, name, 'a lowercase RFC 1123 subdomain is required')];
}

function keyProblems(field: string, key: string): FieldProblem[] {
  const parts = key.split('/');
  const [prefix, name] = parts.length === 1 ? [undefined, key] : parts;
  const isPrefixed = prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
  if (parts.length > 2 || !isPrefixed) return [invalid(field, key, 'prefix part must be a DNS subdomain')];
  if (name === undefined || name.length > 63) return [invalid(field, key, 'name part must be no more than 63 bytes')];
  return NAME_PART.test(name) ? [] : [invalid(field, key, 'name part must be a qualified name')];
}

function valueProblems(field: string, value: string): FieldProblem[] {
  if (value.length <= 63 && LABEL_VALUE.test(value)) return [];
  return [invalid(field, value, 'a valid label must be at most 63 characters of letters, digits, -, _ and .')];
}

function sizeProblems(annotations: Readonly<Record<string, string>>): FieldProblem[] {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  if (bytes <= MAX_ANNOTATION_BYTES) return [];
  const message = `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`;
  return [{ field: 'metadata.annotations', reason: 'FieldValueTooLong', message }];
}

function invalid(field: string, value: string, why: string): FieldProblem {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}
