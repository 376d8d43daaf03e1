import type { Form } from './output/result.ts';

/** The flags that every command has. */
export interface Options {
  readonly output: Form;
  /** `host:port` of an agent's gRPC port; without it the agent is found by the kubeconfig. */
  readonly address?: string;
  readonly node?: string;
  /** Of pods that are named without one. */
  readonly namespace: string;
  /** Where temper is installed. */
  readonly agentNamespace: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Milliseconds that each request may take. */
  readonly requestTimeout: number;
}

/** `10s`, `500ms`, `2m`; a bare number is seconds. Null for anything else, and above ten minutes. */
export function parseTimeout(text: string): number | null {
  const match = /^(\d{1,6})(ms|s|m)?$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 0);
  return ms >= 1 && ms <= 600_000 ? ms : null;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** Whole seconds from one to an hour, as milliseconds. Null for anything else. */
export function parseSeconds(text: string): number | null {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= 3_600 ? seconds * 1_000 : null;
}
