// An agent in a process of its own, as small as can be: enforces a config below the root it is given, and prints
// its phases. For tests that kill it.
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
scheduler.subscribe(({ phase }) => console.log(phase));
scheduler.pursue({ want: 'enforce', config: prefixConfig(), cause: 'test' });
setInterval(() => {}, 1_000);
