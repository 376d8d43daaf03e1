import { create, patch, type Row, remove, type Scene, type Write, writes } from './write.ts';

const inNamespace = ({ namespace }: Scene, path: string): string => `/api/v1/namespaces/${namespace}${path}`;
const ownPod = (scene: Scene, more = ''): string => inNamespace(scene, `/pods/${scene.pod}${more}`);
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const pods: readonly Row[] = [
  ['a Pod: created', (scene) => create(inNamespace(scene, '/pods'))],
  ['a Pod: deleted', (scene) => remove(ownPod(scene))],
  ['a Pod: evicted', (scene) => create(ownPod(scene, '/eviction'))],
  ['a Pod: bound', (scene) => create(ownPod(scene, '/binding'))],
  ['a Pod: a command in it', (scene) => create(ownPod(scene, '/exec'))],
  ['a Pod: an ephemeral container', (scene) => patch(ownPod(scene, '/ephemeralcontainers'))],
  ['a Pod: resized', (scene) => patch(ownPod(scene, '/resize'))],
  ['its own Pod', (scene) => patch(ownPod(scene))],
  ["its own Pod's `status`", (scene) => patch(ownPod(scene, '/status'))],
];

/** By which it could come to more. */
const rights: readonly Row[] = [
  [
    'another token of its account',
    (scene) => create(inNamespace(scene, `/serviceaccounts/${scene.account}/token`), { spec: {} }),
  ],
  ['its own ClusterRole', ({ account }) => patch(`${RBAC}/clusterroles/${account}`)],
  ['a ClusterRoleBinding', () => create(`${RBAC}/clusterrolebindings`)],
  ['the policy that confines it', ({ account }) => remove(`${ADMISSION}/validatingadmissionpolicies/${account}-node`)],
  [
    'the binding of that policy',
    ({ account }) => remove(`${ADMISSION}/validatingadmissionpolicybindings/${account}-node`),
  ],
  ['a webhook', () => create(`${ADMISSION}/mutatingwebhookconfigurations`)],
  ['a request for a certificate', () => create('/apis/certificates.k8s.io/v1/certificatesigningrequests')],
  ["whose somebody's token is", () => create('/apis/authentication.k8s.io/v1/tokenreviews')],
];

const rest: readonly Row[] = [
  ['the release Namespace', (scene) => patch(inNamespace(scene, ''))],
  ['a Secret', (scene) => create(inNamespace(scene, '/secrets'))],
  ['a ConfigMap', (scene) => create(inNamespace(scene, '/configmaps'))],
  ['its own ConfigMap', (scene) => patch(inNamespace(scene, `/configmaps/${scene.account}`))],
  [
    'its own DaemonSet',
    ({ namespace, account }) => patch(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${account}`),
  ],
  ["its Node's Lease", ({ own }) => patch(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${own}`)],
  ['a PriorityClass', () => create('/apis/scheduling.k8s.io/v1/priorityclasses')],
];

export const OTHER_WRITES: readonly Write[] = writes('notGranted', [...pods, ...rights, ...rest]);
