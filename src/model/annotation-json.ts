export type JsonReading =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly problem: 'too-large' | 'not-json' };

/** The JSON of an annotation; what is longer than `most` characters is not parsed at all. Never throws. */
export function readAnnotationJson(text: string, most: number): JsonReading {
  if (text.length > most) return { ok: false, problem: 'too-large' };
  try {
    return { ok: true, json: JSON.parse(text) };
  } catch {
    return { ok: false, problem: 'not-json' };
  }
}

/** Why a value that the schema of version 1 refuses is not understood. */
export function problemOf(json: unknown): 'unknown-version' | 'invalid' {
  const version = typeof json === 'object' && json !== null && 'v' in json ? json.v : undefined;
  return version !== undefined && version !== 1 ? 'unknown-version' : 'invalid';
}
