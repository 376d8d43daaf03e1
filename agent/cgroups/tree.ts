/** What a scan of the cgroup tree found. Paths are relative to the mount, without leading or trailing slash. */
export interface CgroupDir {
  readonly path: string;
  /** The kernel's cgroup id: the directory's inode. Never used again within a boot. */
  readonly id: bigint;
}

export interface PodCgroup extends CgroupDir {
  /** By container id, sandbox and unknown containers among them. */
  readonly containers: ReadonlyMap<string, CgroupDir>;
}

export type CgroupLayout = 'systemd' | 'cgroupfs';

export interface CgroupTree {
  /** Null where no layout is understood: then nothing is guessed, and `problem` says what was seen. */
  readonly layout: CgroupLayout | null;
  /** Why the tree is not understood, or not wholly; null where it is. */
  readonly problem: string | null;
  /** All pods' parent, and below it that of BestEffort pods (null where there is none yet). */
  readonly kubepods: CgroupDir | null;
  readonly bestEffort: CgroupDir | null;
  readonly burstable: CgroupDir | null;
  /** By the uid in the directory's name, with dashes; 32 hex digits of a static pod's hash as they are. */
  readonly pods: ReadonlyMap<string, PodCgroup>;
}
