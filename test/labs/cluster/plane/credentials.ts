import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issue, type KeyPair, makeCa } from '../../../support/certificates.ts';
import { API_SERVICE_IP, PORTS } from './address.ts';

/** Files of one cluster's own authority, in the folder of the run. */
export interface Credentials {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  /** By which the kubelet is known, … */
  readonly kubelet: KeyPair;
  /** … and by which it knows the API server. */
  readonly kubeletClientCert: string;
  readonly kubeletClientKey: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly tokenKey: string;
  /** Paths of kubeconfigs. */
  readonly kubeconfigs: Readonly<Record<Identity, string>>;
}

/** As kubeadm names them: the roles of the last two are built into the API server. */
const IDENTITIES = {
  admin: { commonName: 'temper-lab', organizations: ['system:masters'] },
  'controller-manager': { commonName: 'system:kube-controller-manager', organizations: [] },
  scheduler: { commonName: 'system:kube-scheduler', organizations: [] },
} as const;

export type Identity = keyof typeof IDENTITIES;

/** As kubeadm names the API server before a kubelet. */
export const KUBELET_CLIENT = 'kube-apiserver-kubelet-client';

const SERVER_NAMES = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];

/** @param others addresses at which the API server is reached from elsewhere */
export function makeCredentials(folder: string, address: string, others: readonly string[] = []): Credentials {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const ca = makeCa('temper cluster lab');
  const server = issue(ca, {
    commonName: 'kube-apiserver',
    dnsNames: SERVER_NAMES,
    ips: [address, '127.0.0.1', API_SERVICE_IP, ...others],
  });
  const kubelet = issue(ca, { commonName: 'system:node:lab', ips: [address] });
  const kubeletClient = issue(ca, { commonName: KUBELET_CLIENT, use: 'client' });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const url = `https://${address}:${PORTS.apiserver}`;
  const kubeconfig = (identity: Identity): string => {
    const client = issue(ca, { ...IDENTITIES[identity], use: 'client' });
    return write(`${identity}.kubeconfig`, kubeconfigOf(url, ca.cert, client));
  };
  return {
    ca: write('ca.crt', ca.cert),
    serverCert: write('server.crt', server.cert),
    serverKey: write('server.key', server.key),
    kubelet,
    kubeletClientCert: write('kubelet-client.crt', kubeletClient.cert),
    kubeletClientKey: write('kubelet-client.key', kubeletClient.key),
    tokenKey: write('tokens.key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
    kubeconfigs: {
      admin: kubeconfig('admin'),
      'controller-manager': kubeconfig('controller-manager'),
      scheduler: kubeconfig('scheduler'),
    },
  };
}

/** JSON is YAML, too. */
function kubeconfigOf(server: string, ca: string, { cert, key }: KeyPair): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'lab', user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  });
}
