import { oneLine } from '../../src/kube/restart.ts';

/** What an annotation `temper.codes/safe-mode-requested` asks for. */
export type SafeModeRequest =
  | { readonly wanted: boolean }
  /** Neither `true` nor `false`: somebody wanted something, so it holds. */
  | { readonly wanted: true; readonly unclear: string };

/** @param value undefined where there is no such annotation */
export function readRequest(value: string | undefined): SafeModeRequest {
  if (value === undefined || value === '' || value === 'false') return { wanted: false };
  return value === 'true' ? { wanted: true } : { wanted: true, unclear: oneLine(value.slice(0, 40)) };
}
