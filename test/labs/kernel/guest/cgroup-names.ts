/** How kubelet and containerd name the cgroups of pods, as seen on a real node of each driver. Paths are from the mount of cgroup v2. */
export type Driver = 'systemd' | 'cgroupfs';

export type Qos = 'guaranteed' | 'burstable' | 'besteffort';

/** Parent of all pods. */
export function podsRoot(driver: Driver): string {
  return driver === 'systemd' ? 'kubepods.slice' : 'kubepods';
}

/** Where pods of the class lie. */
export function qosFolder(driver: Driver, qos: Qos): string {
  const root = podsRoot(driver);
  if (qos === 'guaranteed') return root;
  return driver === 'systemd' ? `${root}/kubepods-${qos}.slice` : `${root}/${qos}`;
}

export function podFolder(driver: Driver, qos: Qos, uid: string): string {
  const parent = qosFolder(driver, qos);
  if (driver === 'cgroupfs') return `${parent}/pod${uid}`;
  const stem = qos === 'guaranteed' ? 'kubepods' : `kubepods-${qos}`;
  return `${parent}/${stem}-pod${uid.replaceAll('-', '_')}.slice`;
}

export function containerFolder(driver: Driver, pod: string, id: string): string {
  return driver === 'systemd' ? `${pod}/cri-containerd-${id}.scope` : `${pod}/${id}`;
}
