// An agent in a process of its own, as small as can be: enforces a config below the root it is given, then where its
// binary can stand by another, and prints its phases. For tests that kill it.
import { pathsBelow, supervise } from './host.ts';
import { prefixConfig } from './support.ts';

const root = process.env['DOUBLE_ROOT'] ?? '';
const environment = Object.fromEntries(
  ['PATH', 'DOUBLE_ROOT', 'DOUBLE_SOCKET', 'DOUBLE_BINARY', 'DOUBLE_FAULTS'].map((key) => [
    key,
    process.env[key] ?? '',
  ]),
);
const scheduler = supervise({ paths: pathsBelow(root), environment });
const next = { want: 'enforce', config: prefixConfig('next'), cause: 'test' } as const;
scheduler.subscribe(({ phase, config }) => {
  console.log(phase);
  if (process.env['DOUBLE_BINARY'] === 'patched' && phase === 'enforcing' && config?.hash === prefixConfig().hash) {
    setImmediate(() => scheduler.pursue(next));
  }
});
scheduler.pursue({ want: 'enforce', config: prefixConfig(), cause: 'test' });
setInterval(() => {}, 1_000);
