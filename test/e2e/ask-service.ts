import type { ServiceProcess } from '../support/service-process.ts';

/** What the service says of a pod or a node. */
export interface Explained {
  readonly lines: readonly string[];
  readonly overcommit?: { readonly reason: string } | null;
  readonly node?: string | null;
  /** Of a node. */
  readonly capable?: boolean;
  readonly tiers?: ReadonlyArray<{ readonly tier: string; readonly requestMilli: number }>;
}

/** @param path `pods/NAMESPACE/NAME` or `nodes/NAME` @returns null for what it does not know */
export async function explain({ ports }: ServiceProcess, path: string): Promise<Explained | null> {
  const response = await fetch(`http://127.0.0.1:${ports.get('explain')}/explain/${path}`);
  return response.ok ? ((await response.json()) as Explained) : null;
}

/** The sum of the samples whose line begins so, e.g. `temper_webhook_reviews_total{`. */
export async function metric({ ports }: ServiceProcess, beginning: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${ports.get('ops')}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line.startsWith(beginning));
  return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
