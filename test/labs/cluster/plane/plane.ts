import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createKubeClient, type KubeClient, Refused } from '../../../support/kube-client.ts';
import type { Built } from '../parts/build.ts';
import { ARGUMENTS, apiUrl, type Component, HEALTH, type PlaneFiles, schedulerConfig } from './commands.ts';
import { type Credentials, makeCredentials } from './credentials.ts';
import { untilHealthy } from './health.ts';
import { lastWords, type Running, startTied } from './process.ts';
import { type Site, siteHere } from './site.ts';

/** A whole control plane on loopback, of this process: it ends with it. */
export interface Plane extends Site {
  readonly url: string;
  /** Holds logs, certificates, kubeconfigs. */
  readonly folder: string;
  readonly credentials: Credentials;
  readonly client: KubeClient;
  readonly components: Readonly<Record<Component, Running>>;
  /** What has ended without being asked to, with its last words. */
  lost(): string[];
  /** Ends one component; `restart` brings it back. */
  kill(component: Component, signal?: NodeJS.Signals): Promise<void>;
  restart(component: Component): Promise<void>;
  /** Ends all of it. Logs and certificates stay in the folder. */
  stop(): Promise<void>;
}

export interface PlaneOptions {
  readonly folder: string;
  readonly programs: Built;
  readonly stages: string;
  /** Addresses at which the API server is reached from outside of its network. @default none */
  readonly reachedAt?: readonly string[];
  readonly say: (text: string) => void;
}

/** On free cores all are well after 10 s. */
const HEALTHY_MS = 90_000;
const ORDER: readonly Component[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/** @throws Error with the last words of what did not start; nothing runs then */
export async function startPlane({ folder, programs, stages, reachedAt, say }: PlaneOptions): Promise<Plane> {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const site = siteHere();
  const { address } = site;
  const credentials = makeCredentials(join(folder, 'pki'), address, reachedAt);
  const files: PlaneFiles = { ...site, folder, credentials, stages };
  writeFileSync(join(folder, 'scheduler.json'), schedulerConfig({ kubeconfig: credentials.kubeconfigs.scheduler }));
  const running = new Map<Component, Running>();
  const asked = new Set<Running>();

  const start = async (component: Component): Promise<void> => {
    const began = performance.now();
    const one = startTied({
      name: component,
      program: programs[component],
      args: ARGUMENTS[component](files),
      logFile: join(folder, 'logs', `${component}.log`),
    });
    running.set(component, one);
    await untilHealthy(one, HEALTH[component](address), HEALTHY_MS);
    say(`${component} is well after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  };
  const kill = async (component: Component, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const one = running.get(component);
    if (one === undefined) return;
    asked.add(one);
    one.kill(signal);
    await one.ended;
  };
  const client = await createKubeClient(credentials.kubeconfigs.admin);
  const stop = async (): Promise<void> => {
    client.close();
    await Promise.all(ORDER.toReversed().map((component) => kill(component)));
    rmSync(join(folder, 'etcd'), { recursive: true, force: true });
  };

  try {
    await start('etcd');
    await start('kube-apiserver');
    await Promise.all([start('kube-controller-manager'), start('kube-scheduler'), start('kwok')]);
    await untilServiceAccount(client, 'default');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...site,
    url: apiUrl(address),
    folder,
    credentials,
    client,
    get components() {
      return Object.fromEntries(running) as Record<Component, Running>;
    },
    lost: () =>
      [...running.values()]
        .filter((one) => one.end !== null && !asked.has(one))
        .map((one) => `${one.name} ended with ${one.end}; ${one.logFile}:\n${lastWords(one.logFile)}`),
    kill,
    async restart(component) {
      await kill(component);
      await start(component);
    },
    stop,
  };
}

const POLL_MS = 50;

/** Pods of a namespace are refused until the controller manager has made its ServiceAccount. */
export async function untilServiceAccount(client: KubeClient, namespace: string, ms = HEALTHY_MS): Promise<void> {
  const deadline = performance.now() + ms;
  for (;;) {
    try {
      await client.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`);
      return;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      if (performance.now() > deadline) throw new Error(`no default ServiceAccount in ${namespace} after ${ms} ms`);
    }
    await pause(POLL_MS);
  }
}
