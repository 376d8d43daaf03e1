import type { ExchangeContext } from '../../kube/exchange.ts';
import { getObject } from '../../kube/get-object.ts';
import { RestartError } from '../../kube/restart.ts';
import { DEFAULT_SETTINGS } from '../../kube/settings.ts';
import type { KubeSender, KubeTransport } from '../../kube/transport.ts';
import { createWriter } from '../../kube/write.ts';
import type { Clock } from '../../model/clock.ts';
import { TemperError } from '../../model/errors.ts';
import { after, type Material, type Step, stepFor } from './plan.ts';
import { readSecret, type SecretReading, secretPatch } from './secret.ts';
import { bundlePatch, joinPatch } from './webhook-bundle.ts';

export interface IssuerOptions {
  readonly transport: KubeTransport;
  readonly sender: KubeSender;
  readonly clock: Clock;
  readonly namespace: string;
  readonly secret: string;
  /** Of the Service that clients call. */
  readonly service: string;
  /** The MutatingWebhookConfiguration that is to trust us; empty: none. */
  readonly webhookConfiguration: string;
  /** The one that trusts whom clients trusted before as well; empty: none. */
  readonly handoverConfiguration: string;
}

export interface Issuer {
  /**
   * Reads the Secret and writes it where that is due.
   *
   * @throws TemperError TMP1103
   */
  secure(signal: AbortSignal): Promise<{ readonly material: Material; readonly step: Step }>;
  /**
   * Makes the webhook's configuration trust `bundle`. True where that was a change.
   *
   * @throws TemperError TMP1103
   */
  publish(bundle: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Adds `bundle` to what the configuration of a handover trusts. True where there is one that did not trust it.
   *
   * @throws TemperError TMP1103
   */
  join(bundle: string, signal: AbortSignal): Promise<boolean>;
}

const FIELD_MANAGER = 'temper-service';
const REQUEST_MS = 10_000;
/** Whoever loses a race finds what the other wrote; to lose it again and again takes more replicas than there are. */
const TRIES = 5;

/** Looks after the serving certificate that the service issues itself. Any number of replicas may do it at once. */
export function createIssuer(options: IssuerOptions): Issuer {
  const { transport, sender, clock, namespace, service } = options;
  const dnsNames = [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
  const secretPath = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(options.secret)}`;
  const writer = createWriter({ sender, clock, deadlineMs: REQUEST_MS });
  const settings = { ...DEFAULT_SETTINGS, answerMs: REQUEST_MS, idleMs: REQUEST_MS };

  /** Null where there is none. */
  async function find(path: string, signal: AbortSignal): Promise<unknown> {
    const exchange: ExchangeContext = { transport, clock, settings, signal, heard: () => {} };
    try {
      return await getObject(exchange, { path, accept: 'application/json' });
    } catch (error) {
      if (!(error instanceof RestartError)) throw error;
      const { reason, problem } = error.restart;
      if (reason === 'absent') return null;
      throw new TemperError('TMP1103', `${path}: ${problem?.detail ?? reason}`);
    }
  }

  async function get(path: string, signal: AbortSignal): Promise<unknown> {
    const found = await find(path, signal);
    if (found === null) throw new TemperError('TMP1103', `${path}: there is none`);
    return found;
  }

  /** Null where somebody else wrote first. */
  async function write({ resourceVersion }: SecretReading, material: Material): Promise<Material | null> {
    const written = await writer.write({
      method: 'PATCH',
      path: `${secretPath}?fieldManager=${FIELD_MANAGER}`,
      contentType: 'application/merge-patch+json',
      body: JSON.stringify(secretPatch(material, resourceVersion)),
    });
    if (written.outcome === 'ok') return material;
    if (written.outcome === 'conflict') return null;
    throw new TemperError('TMP1103', `${secretPath}: ${written.detail}`);
  }

  /** Leads by being first: a write that came second is refused, and what the first one wrote is taken. */
  async function secure(signal: AbortSignal): ReturnType<Issuer['secure']> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const reading = readSecret(await get(secretPath, signal));
      if (reading === null) throw new TemperError('TMP1103', `${secretPath}: not a Secret`);
      const now = clock.now();
      const step = stepFor(reading.material, dnsNames, now);
      const kept =
        step === 'keep' ? reading.material : await write(reading, after(step, reading.material, dnsNames, now));
      if (kept !== null) return { material: kept, step };
    }
    throw new TemperError('TMP1103', `${secretPath}: changed by others all the time`);
  }

  async function trust(path: string, patch: object | null): Promise<boolean> {
    if (patch === null) return false;
    const written = await writer.write({
      method: 'PATCH',
      path: `${path}?fieldManager=${FIELD_MANAGER}`,
      contentType: 'application/strategic-merge-patch+json',
      body: JSON.stringify(patch),
    });
    if (written.outcome !== 'ok') throw new TemperError('TMP1103', `${path}: ${written.detail}`);
    return true;
  }

  async function publish(bundle: string, signal: AbortSignal): Promise<boolean> {
    if (options.webhookConfiguration === '') return false;
    const path = webhookPath(options.webhookConfiguration);
    return await trust(path, bundlePatch(await get(path, signal), bundle));
  }

  async function join(bundle: string, signal: AbortSignal): Promise<boolean> {
    if (options.handoverConfiguration === '') return false;
    const path = webhookPath(options.handoverConfiguration);
    return await trust(path, joinPatch(await find(path, signal), bundle));
  }

  return { secure, publish, join };
}

const webhookPath = (name: string): string =>
  `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${encodeURIComponent(name)}`;
