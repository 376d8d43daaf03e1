import { classify } from '../../../../agent/scheduler/machine/exit-class.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { startByHand } from './by-hand.ts';

const GOOD = {
  util_range: [0.5, 0.8],
  cpus_range: [1, 1],
  weight: 100,
  slice_us: 20_000,
  preempt: false,
  exclusive: false,
};
const rest = { name: 'rest', matches: [[]], kind: { Grouped: GOOD } };
const one = (more: object) => ({
  name: 'one',
  matches: [[{ CgroupPrefix: 'a/' }]],
  kind: { Grouped: { ...GOOD, ...more } },
});
const ALL: Record<string, [unknown, string[]?]> = {
  'no json': ['[{'],
  'missing field': [[{ name: 'x' }]],
  'unknown match': [[{ ...one({}), matches: [[{ Foo: 'a' }]] }, rest]],
  'unknown kind': [[{ ...one({}), kind: { Foo: {} } }, rest]],
  empty: [[]],
  'no terminal': [[one({})]],
  'bad cpus_range': [[one({ cpus_range: [2, 1] }), rest]],
  'bad util_range': [[one({ util_range: [0.8, 0.5] }), rest]],
  'too many ors': [[{ ...one({}), matches: Array.from({ length: 33 }, () => [{ CgroupPrefix: 'a/' }]) }, rest]],
  'too many layers': [[...Array.from({ length: 17 }, (_, at) => ({ ...one({}), name: `l${at}` })), rest]],
  'sixteen layers': [[...Array.from({ length: 15 }, (_, at) => ({ ...one({}), name: `l${at}` })), rest]],
  'long name': [[{ ...one({}), name: 'x'.repeat(200) }, rest]],
  'long comm': [[{ ...one({}), matches: [[{ CommPrefix: 'x'.repeat(16) }]] }, rest]],
  type: [[{ ...one({}), matches: [[{ CgroupPrefix: 7 }]] }, rest]],
  usage: [[rest], ['--no-such-flag']],
  'member file': [[rest], ['--member-file', '/run/x']],
  'kconfig missing': [[rest], ['--kconfig', '/nowhere']],
};

export const exits: Case = {
  name: 'exits',
  what: 'what the real binary says and how it ends when it refuses',
  deadlineMs: 600_000,
  async run(ctx: Ctx) {
    for (const [name, [config, words]] of Object.entries(ALL)) {
      const it = startByHand(ctx, config, words);
      let attached = false;
      const watching = setInterval(() => {
        attached ||= kernelTruth().state === 'enabled';
        if (kernelTruth().state === 'enabled') setTimeout(() => it.child.kill('SIGTERM'), 3000);
      }, 100);
      const end = await it.ended;
      clearInterval(watching);
      const exit = {
        code: typeof end === 'number' ? end : null,
        signal: typeof end === 'number' ? null : end,
        failure: null,
        output: it.output(),
      };
      ctx.log(
        `== ${name}: ${end} attached ${attached} ${JSON.stringify(classify(exit, { attached, hotplugged: false, recentHotplug: false }))}\n${it.output()}`,
      );
    }
    const first = startByHand(ctx, [rest]);
    await until('attached', () => kernelTruth().state === 'enabled', 120_000);
    const second = startByHand(ctx, [rest]);
    ctx.log(`== second: ${await second.ended}\n${second.output()}`);
    first.child.kill('SIGINT');
    ctx.log(`== SIGINT ${await first.ended}\n${first.output()}`);
  },
};
