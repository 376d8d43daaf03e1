import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { LabContainer, Probe } from './pod.ts';

/** @returns whether the container answers with 200 to 399, as kubelet asks: without a look at certificates */
export function ask({ httpGet: wanted, timeoutSeconds }: Probe, container: LabContainer, ip: string): Promise<boolean> {
  const { path, scheme } = wanted;
  const get = scheme === 'HTTPS' ? httpsGet : httpGet;
  const url = `${scheme.toLowerCase()}://${ip}:${portOf(wanted.port, container)}${path}`;
  return new Promise((resolve) => {
    const options = { rejectUnauthorized: false, timeout: timeoutSeconds * 1000, agent: false as const };
    const request = get(url, options, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** @throws Error for a name that no port has */
function portOf(port: string | number, { ports }: LabContainer): number {
  if (typeof port === 'number') return port;
  const found = ports.find(({ name }) => name === port)?.containerPort;
  if (found === undefined) throw new Error(`the lab cannot run this pod: it has no port ${port}`);
  return found;
}

/** What a series of answers means: ready after so many good ones, not after so many bad ones. */
export class Verdict {
  #good = 0;
  #bad = 0;
  /** Null until enough has been heard. */
  holds: boolean | null = null;
  readonly #probe: Pick<Probe, 'successThreshold' | 'failureThreshold'>;

  constructor(probe: Pick<Probe, 'successThreshold' | 'failureThreshold'>) {
    this.#probe = probe;
  }

  hear(answer: boolean): void {
    this.#good = answer ? this.#good + 1 : 0;
    this.#bad = answer ? 0 : this.#bad + 1;
    if (this.#good >= this.#probe.successThreshold) this.holds = true;
    if (this.#bad >= this.#probe.failureThreshold) this.holds = false;
  }
}
