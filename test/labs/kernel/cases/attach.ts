import type { Case } from '../runner/case.ts';

export const attach: Case = {
  name: 'attach',
  what: 'the real scx_layered by hand: enabled, statistics answer, SIGTERM ends it',
  deadlineMs: 180_000,
  run(ctx) {
    ctx.log(`hello from node ${process.version}`);
    return Promise.resolve();
  },
};
