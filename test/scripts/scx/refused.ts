import { ScxError, type ScxErrorId } from '../../../scripts/scx/errors.ts';

/** For assert.throws: this error, said in these words. */
export function refusedAs(id: ScxErrorId, words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ScxError && error.id === id && words.test(error.message);
}
