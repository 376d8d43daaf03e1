import { quote } from '../../host/quote.ts';
import { type Check, type Finding, fail, notRead, pass } from '../check.ts';
import type { CgroupFacts } from '../facts.ts';
import { mountOf } from '../mounts.ts';

/** What `statfs` says of a cgroup v2 mount. */
const CGROUP2_MAGIC = 0x63677270;

/** Pods are found in the unified hierarchy only, and only one with the cpu controller has the CPU requests. */
export const cgroupV2: Check = {
  id: 'TMP3016',
  name: 'cgroup-v2',
  judge({ cgroup }) {
    const unified =
      'list' in cgroup.mounts ? byMounts(cgroup, cgroup.mounts.list) : byMagic(cgroup, cgroup.mounts.problem);
    return unified ?? controllers(cgroup);
  },
};

/** Null where cgroup v2 is mounted at the path and v1 has no part in it. */
function byMounts({ path }: CgroupFacts, list: Parameters<typeof mountOf>[0]): Finding | null {
  const v1 = list.filter(({ type }) => type === 'cgroup');
  const mount = mountOf(list, path);
  if (mount?.type === 'cgroup2' && mount.point === path) {
    return v1.some(({ options }) => options.includes('cpu'))
      ? fail('cgroups are a mixture (hybrid): the cpu controller is in version 1')
      : null;
  }
  if (v1.length === 0) return fail(`no cgroup v2 is mounted at ${path}`);
  return list.some(({ type }) => type === 'cgroup2')
    ? fail('cgroups are a mixture of versions 1 and 2 (hybrid)')
    : fail('cgroups are of version 1');
}

function byMagic({ path, magic }: CgroupFacts, problem: string): Finding | null {
  if (magic === CGROUP2_MAGIC) return null;
  return fail(`${path} is no cgroup v2 as far as can be seen; ${problem}`);
}

function controllers({ controllers: file }: CgroupFacts): Finding {
  if (file.kind !== 'text') return fail(`cgroup.controllers ${notRead(file)}`);
  if (file.text.split(/\s+/).includes('cpu')) return pass('cgroup v2 with the cpu controller');
  return fail(
    `cgroup v2 has no cpu controller (it has ${quote(file.text)})`,
    'Boot without cgroup_disable=cpu, and see that no version 1 hierarchy holds the cpu controller.',
  );
}
