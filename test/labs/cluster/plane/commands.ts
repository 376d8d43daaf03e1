import { join } from 'node:path';
import type { ProgramName } from '../parts/programs.ts';
import { PORTS, SERVICE_RANGE } from './address.ts';
import type { Credentials } from './credentials.ts';
import type { Site } from './site.ts';

/** What the control plane's programs are started with. */
export interface PlaneFiles extends Site {
  /** Of the run: data and configuration. */
  readonly folder: string;
  readonly credentials: Credentials;
  /** What kwok does with nodes and pods. */
  readonly stages: string;
}

export type Component = Extract<
  ProgramName,
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok'
>;

/** Arguments of each program. Where a flag is only for the lab, the comment says why. */
export const ARGUMENTS: Readonly<Record<Component, (files: PlaneFiles) => string[]>> = {
  etcd: ({ address, folder }) => [
    ...['--name', 'lab', '--data-dir', join(folder, 'etcd'), '--initial-cluster', `lab=${etcdPeers(address)}`],
    ...['--listen-client-urls', etcdUrl(address), '--advertise-client-urls', etcdUrl(address)],
    ...['--listen-peer-urls', etcdPeers(address), '--initial-advertise-peer-urls', etcdPeers(address)],
    // Nothing of it outlives the run.
    '--unsafe-no-fsync',
  ],

  'kube-apiserver': ({ address, hasServices, credentials }) => [
    ...['--etcd-servers', etcdUrl(address), '--bind-address', address, '--secure-port', String(PORTS.apiserver)],
    ...['--advertise-address', address, '--service-cluster-ip-range', SERVICE_RANGE],
    ...['--tls-cert-file', credentials.serverCert, '--tls-private-key-file', credentials.serverKey],
    ...['--client-ca-file', credentials.ca, '--authorization-mode', 'Node,RBAC'],
    ...['--kubelet-client-certificate', credentials.kubeletClientCert],
    ...['--kubelet-client-key', credentials.kubeletClientKey, '--kubelet-certificate-authority', credentials.ca],
    ...['--enable-admission-plugins', 'NodeRestriction', '--allow-privileged'],
    ...['--service-account-issuer', 'https://kubernetes.default.svc'],
    ...['--service-account-key-file', credentials.tokenKey, '--service-account-signing-key-file', credentials.tokenKey],
    // A loopback address may not be an endpoint of the Service `kubernetes`.
    ...(hasServices ? [] : ['--endpoint-reconciler-type', 'none']),
  ],

  'kube-controller-manager': ({ address, credentials }) => [
    ...['--kubeconfig', credentials.kubeconfigs['controller-manager'], '--leader-elect=false'],
    ...['--bind-address', address, '--secure-port', String(PORTS.controllerManager)],
    ...['--use-service-account-credentials', '--service-account-private-key-file', credentials.tokenKey],
    ...['--root-ca-file', credentials.ca],
  ],

  'kube-scheduler': ({ address, folder }) => [
    ...['--config', join(folder, 'scheduler.json')],
    ...['--bind-address', address, '--secure-port', String(PORTS.scheduler)],
  ],

  kwok: ({ address, credentials, stages }) => [
    ...['--kubeconfig', credentials.kubeconfigs.admin, '--config', stages, '--manage-all-nodes'],
    ...['--server-address', `${address}:${PORTS.kwok}`],
    // Of every node: there the lab's kubelet answers.
    ...['--node-ip', address, '--node-port', String(PORTS.kubelet)],
    // By default it renews none: after 50 s a node counts as gone, and none of its pods as ready.
    ...['--node-lease-duration-seconds', '40'],
  ],
};

/** The client's own rate is no part of what is shown here. */
const CLIENT_RATE = { qps: 1000, burst: 2000 };

export interface SchedulerConfig {
  readonly kubeconfig: string;
  /** Pods choose it by this name. @default 'default-scheduler' */
  readonly name?: string;
  /** As in `kubescheduler.config.k8s.io/v1`. @default none */
  readonly extenders?: readonly object[];
}

/** JSON is YAML, too. */
export function schedulerConfig({ kubeconfig, name = 'default-scheduler', extenders = [] }: SchedulerConfig): string {
  return JSON.stringify({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig, ...CLIENT_RATE },
    profiles: [{ schedulerName: name }],
    extenders,
  });
}

export const apiUrl = (address: string): string => `https://${address}:${PORTS.apiserver}`;
export const etcdUrl = (address: string): string => `http://${address}:${PORTS.etcd}`;
const etcdPeers = (address: string): string => `http://${address}:${PORTS.etcdPeers}`;

/** Answers 200 when the component works. */
export const HEALTH: Readonly<Record<Component, (address: string) => string>> = {
  etcd: (address) => `${etcdUrl(address)}/health`,
  'kube-apiserver': (address) => `${apiUrl(address)}/readyz`,
  'kube-controller-manager': (address) => `https://${address}:${PORTS.controllerManager}/healthz`,
  'kube-scheduler': (address) => `https://${address}:${PORTS.scheduler}/readyz`,
  kwok: (address) => `http://${address}:${PORTS.kwok}/healthz`,
};
