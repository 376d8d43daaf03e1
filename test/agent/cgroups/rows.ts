import { containerId, hashOf, uidOf, underscored } from './trees.ts';

/** One way in which nodes lay out their cgroups, with what a scan must make of it. */
export interface Row {
  readonly title: string;
  readonly dirs: readonly string[];
  readonly layout: 'systemd' | 'cgroupfs';
  readonly kubepods: string;
  /** Path of each pod by uid, with labels of its containers and where those lie below it. */
  readonly pods: Readonly<
    Record<string, { readonly path: string; readonly containers: Readonly<Record<string, string>> }>
  >;
}

const uid = uidOf('row');
const uid_ = underscored(uid);
const hash = hashOf('kube-apiserver');
const id = containerId('app');
const sandbox = containerId('sandbox');

function row(
  title: string,
  layout: Row['layout'],
  kubepods: string,
  podPath: string,
  containers: Row['pods'][string]['containers'],
  more: { readonly uid?: string; readonly extra?: readonly string[] } = {},
): Row {
  const dirs = [podPath, ...Object.values(containers).map((name) => `${podPath}/${name}`), ...(more.extra ?? [])];
  return { title, dirs, layout, kubepods, pods: { [more.uid ?? uid]: { path: podPath, containers } } };
}

const burstable = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid_}.slice`;
const guaranteed = `kubepods.slice/kubepods-pod${uid_}.slice`;
const kind = 'kubelet.slice/kubelet-kubepods.slice';
const kindPod = `${kind}/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${uid_}.slice`;
const nodeContainer = `system.slice/docker-${containerId('node')}.scope`;
const containerd = { app: `cri-containerd-${id}.scope` };

export const ROWS: readonly Row[] = [
  row('systemd, Burstable, containerd, with its sandbox', 'systemd', 'kubepods.slice', burstable, {
    ...containerd,
    sandbox: `cri-containerd-${sandbox}.scope`,
  }),
  row(
    'systemd, BestEffort, containerd',
    'systemd',
    'kubepods.slice',
    `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid_}.slice`,
    containerd,
  ),
  row('systemd, Guaranteed, containerd', 'systemd', 'kubepods.slice', guaranteed, containerd),
  row(
    'systemd, CRI-O, with its conmon',
    'systemd',
    'kubepods.slice',
    burstable,
    { app: `crio-${id}.scope` },
    {
      extra: [`${burstable}/crio-conmon-${id}.scope`, `system.slice/crio-conmon-${id}.scope`],
    },
  ),
  row('systemd, docker', 'systemd', 'kubepods.slice', burstable, { app: `docker-${id}.scope` }),
  row(
    "systemd, crun's extra child",
    'systemd',
    'kubepods.slice',
    guaranteed,
    { app: `crio-${id}.scope` },
    {
      extra: [`${guaranteed}/crio-${id}.scope/container`],
    },
  ),
  row('cgroupfs, Burstable, containerd', 'cgroupfs', 'kubepods', `kubepods/burstable/pod${uid}`, { app: id, sandbox }),
  row(
    'cgroupfs, BestEffort, CRI-O',
    'cgroupfs',
    'kubepods',
    `kubepods/besteffort/pod${uid}`,
    { app: `crio-${id}` },
    {
      extra: [`kubepods/besteffort/pod${uid}/crio-conmon-${id}`],
    },
  ),
  row('cgroupfs, Guaranteed', 'cgroupfs', 'kubepods', `kubepods/pod${uid}`, { app: id }),
  row('kind: cgroupRoot with systemd', 'systemd', kind, kindPod, containerd),
  row(
    "kind, seen from the host's root",
    'systemd',
    `${nodeContainer}/${kind}`,
    `${nodeContainer}/${kindPod}`,
    containerd,
  ),
  row('cgroupRoot with cgroupfs', 'cgroupfs', 'kubelet/kubepods', `kubelet/kubepods/burstable/pod${uid}`, { app: id }),
  row(
    'k3s',
    'cgroupfs',
    'kubepods',
    `kubepods/burstable/pod${uid}`,
    { app: id },
    {
      extra: ['system.slice/k3s.service', 'k3s'],
    },
  ),
  row(
    'k3s in a container of plain directories',
    'cgroupfs',
    `docker/${containerId('node')}/kubepods`,
    `docker/${containerId('node')}/kubepods/pod${uid}`,
    { app: id },
  ),
  row('static pod, systemd', 'systemd', 'kubepods.slice', `kubepods.slice/kubepods-pod${hash}.slice`, containerd, {
    uid: hash,
  }),
  row('static pod, cgroupfs', 'cgroupfs', 'kubepods', `kubepods/burstable/pod${hash}`, { app: id }, { uid: hash }),
  row('kata: one scope for the whole sandbox', 'systemd', 'kubepods.slice', burstable, {
    sandbox: `cri-containerd-${sandbox}.scope`,
  }),
  row('kata of its own name', 'cgroupfs', 'kubepods', `kubepods/burstable/pod${uid}`, { sandbox: `kata_${sandbox}` }),
  row('half-made: no container yet', 'systemd', 'kubepods.slice', burstable, {}),
];

export const ids: Readonly<Record<string, string>> = { app: id, sandbox };
