import { type Check, fail, pass, warn } from '../check.ts';
import { cgroupV2 } from './cgroup-v2.ts';

/** The kernel matches paths from the host's root cgroup; in a cgroup namespace, or a node in a container, they differ. */
export const cgroupRoot: Check = {
  id: 'TMP3017',
  name: 'cgroup-root',
  judge(facts) {
    if (cgroupV2.judge(facts).verdict === 'fail')
      return warn('not known until there is cgroup v2', 'Mend cgroup-v2 (TMP3016), then ask again.');
    return facts.cgroup.isPart
      ? fail(`${facts.cgroup.path} shows only a part of the cgroup tree`)
      : pass("the cgroup tree begins at the host's root");
  },
};
