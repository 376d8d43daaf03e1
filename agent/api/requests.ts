import { z } from 'zod';
import { TemperError } from '../../src/model/errors.ts';
import { TIERS, type Tier } from '../../src/model/tier.ts';
import type { PodRef } from './facade.ts';

/** What callers send, checked: the forms and lengths are Kubernetes' own. */

const uid = z.string().regex(/^[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?$/, 'not a uid');
const namespace = z.string().regex(/^[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?$/, 'not the name of a namespace');
const name = z
  .string()
  .max(253, 'longer than 253 characters')
  .regex(/^[0-9a-z](?:[0-9a-z.-]*[0-9a-z])?$/, 'not the name of a pod');

const empty = z.literal('', 'not together with the other form: a uid, or a namespace and a name');

const podRef = z.union([
  z.object({ uid, namespace: empty, name: empty }).transform((ref): PodRef => ({ by: 'uid', uid: ref.uid })),
  z
    .object({ uid: empty, namespace, name })
    .transform((ref): PodRef => ({ by: 'name', namespace: ref.namespace, name: ref.name })),
]);

const tier = z.enum(TIERS, `none of ${TIERS.join(', ')}`);

const setQos = z.object({ pod: podRef, tier });
const clearQos = z.object({ pod: podRef });
const setSafeMode = z.object({ on: z.boolean('must be given') });
const explain = z.object({ pod: podRef.nullish() });

/** @throws TemperError TMP3201, which names the field and not its value */
export function readSetQos(request: unknown): { readonly pod: PodRef; readonly tier: Tier } {
  return read(setQos, request);
}

/** @throws TemperError TMP3201 */
export function readClearQos(request: unknown): { readonly pod: PodRef } {
  return read(clearQos, request);
}

/** @throws TemperError TMP3201 */
export function readSetSafeMode(request: unknown): { readonly on: boolean } {
  return read(setSafeMode, request);
}

/** @returns null where the node itself is asked about. @throws TemperError TMP3201 */
export function readExplain(request: unknown): PodRef | null {
  return read(explain, request).pod ?? null;
}

function read<T>(schema: z.ZodType<T>, request: unknown): T {
  const { data, error } = schema.safeParse(request);
  if (error === undefined) return data as T;
  throw new TemperError('TMP3201', error.issues.slice(0, 3).map(sentence).join('; '));
}

/** Of a pod that fits neither form, the form that it comes nearer to is told. */
function sentence(issue: z.core.$ZodIssue, prefix: unknown = ''): string {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = issue.errors.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return nearest.map((inner) => sentence(inner, `${issue.path.join('.')}.`)).join('; ');
  }
  return `${String(prefix)}${issue.path.join('.') || 'request'}: ${issue.message}`;
}
