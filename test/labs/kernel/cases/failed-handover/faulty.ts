/** The real scheduler, but for one thing that goes wrong when it is started as a standby. */
import { rmSync, writeFileSync } from 'node:fs';
import type { Ctx } from '../../runner/case.ts';

const PROGRAM = '/run/faulty-scx';
const WHICH = '/run/faulty-scx.fault';
const CONFIG = '/run/faulty-scx.json';
const PID = '/run/faulty-scx.pid';

/**
 * `flag`: it is given one that it does not know. `config`: one that it does not take. `after-ready`: it is killed when it has
 * said that it waits. `none`: it is the real one.
 */
export type Fault = 'none' | 'flag' | 'config' | 'after-ready';

const SCRIPT = `#!/bin/sh
fault=$(cat ${WHICH})
case " $* " in *" --standby "*) ;; *) fault=none ;; esac
case "$fault" in
flag)
  exec SCX --no-such-flag "$@" ;;
config)
  left=$#
  for word in "$@"; do
    left=$((left - 1))
    [ $left -gt 0 ] || word=f:${CONFIG}
    set -- "$@" "$word"
    shift
  done
  exec SCX "$@" ;;
after-ready)
  sh -c 'echo $$ > PID; exec "$@"' sh SCX "$@" | while read -r line; do
    echo "$line"
    [ "$line" != 'STANDBY: ready' ] || kill -KILL $(cat PID) $$
  done ;;
*)
  exec SCX "$@" ;;
esac
`;

/** @returns the path of its program, and what changes its fault for starts to come */
export function faultyScheduler(ctx: Ctx): { readonly program: string; has(fault: Fault): void } {
  ctx.after(() => {
    for (const file of [PROGRAM, WHICH, CONFIG, PID]) rmSync(file, { force: true });
  });
  writeFileSync(CONFIG, JSON.stringify([{ name: 'broken' }]));
  writeFileSync(PROGRAM, SCRIPT.replaceAll('SCX', ctx.scx).replaceAll('PID', PID), { mode: 0o755 });
  const has = (fault: Fault): void => writeFileSync(WHICH, `${fault}\n`);
  has('none');
  return { program: PROGRAM, has };
}
