/** One Go program of the lab, and where it comes from. */
export interface Program {
  readonly name: string;
  /** The folder of the Go module that pins it, under `modules/`. */
  readonly module: 'cert-manager' | 'kubernetes' | 'prometheus' | 'tools';
  /** Build tags. @default none */
  readonly tags?: readonly string[];
  /** Import path of its main package. */
  readonly path: string;
  /** The module whose version is the program's. */
  readonly versionOf: string;
  /** Variables that say the version, by import path and name. */
  readonly stamps: (version: string) => Readonly<Record<string, string>>;
}

/** What a release build of Kubernetes says of itself; without it clients take the server for version 0.0. */
function kubernetesStamps(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.fromEntries(
    Object.entries(stamps).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
  );
}

const ofKubernetes = (name: string): Program => ({
  name,
  module: 'kubernetes',
  path: `k8s.io/kubernetes/cmd/${name}`,
  versionOf: 'k8s.io/kubernetes',
  stamps: kubernetesStamps,
});

/** In the order in which they are built: what is small first, then what shares most with what follows. */
export const PROGRAMS = {
  kubeconform: {
    name: 'kubeconform',
    module: 'tools',
    path: 'github.com/yannh/kubeconform/cmd/kubeconform',
    versionOf: 'github.com/yannh/kubeconform',
    stamps: (version: string) => ({ 'main.version': version }),
  },
  helm: {
    name: 'helm',
    module: 'tools',
    path: 'helm.sh/helm/v4/cmd/helm',
    versionOf: 'helm.sh/helm/v4',
    stamps: (version: string) => ({ 'helm.sh/helm/v4/internal/version.version': version }),
  },
  kwok: {
    name: 'kwok',
    module: 'tools',
    path: 'sigs.k8s.io/kwok/cmd/kwok',
    versionOf: 'sigs.k8s.io/kwok',
    stamps: (version: string) => ({ 'sigs.k8s.io/kwok/pkg/consts.Version': version }),
  },
  promtool: {
    name: 'promtool',
    module: 'prometheus',
    path: 'github.com/prometheus/prometheus/cmd/promtool',
    versionOf: 'github.com/prometheus/prometheus',
    stamps: () => ({}),
    // It is for rules alone: the clients of all clouds would double it.
    tags: ['remove_all_sd'],
  },
  etcd: {
    name: 'etcd',
    module: 'kubernetes',
    path: 'go.etcd.io/etcd/server/v3',
    versionOf: 'go.etcd.io/etcd/server/v3',
    stamps: () => ({}),
  },
  'kube-scheduler': ofKubernetes('kube-scheduler'),
  'kube-apiserver': ofKubernetes('kube-apiserver'),
  'kube-controller-manager': ofKubernetes('kube-controller-manager'),
  kubectl: ofKubernetes('kubectl'),
  'cert-manager': {
    name: 'cert-manager',
    module: 'cert-manager',
    path: 'github.com/cert-manager/cert-manager/cmd/lab',
    versionOf: 'github.com/cert-manager/cert-manager',
    stamps: (version: string) => ({ 'github.com/cert-manager/cert-manager/pkg/util.AppVersion': version }),
  },
} as const satisfies Readonly<Record<string, Program>>;

export type ProgramName = keyof typeof PROGRAMS;

/** @throws Error where the module does not require it: the table above and go.mod go together */
export function versionIn(goMod: string, module: string): string {
  const escaped = module.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const version = new RegExp(`^(?:require)?\\s*${escaped} (v\\S+)`, 'm').exec(goMod)?.[1];
  if (version === undefined) throw new Error(`go.mod requires no ${module}`);
  return version;
}
