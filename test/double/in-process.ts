import { updater } from '../../agent/scheduler/control.ts';
import { membersByName } from '../../agent/scheduler/live/differences.ts';
import { readThreads } from '../../agent/scheduler/live/messages.ts';
import type {
  ChildExit,
  Children,
  Control,
  Release,
  StandbyHandle,
  StatisticsSource,
} from '../../agent/scheduler/ports.ts';
import { readReply } from '../../agent/scheduler/reply.ts';
import type { SchedulerConfig } from '../../agent/scheduler/scheduler.ts';
import { readStatistics, threadsQuestion } from '../../agent/scheduler/statistics.ts';
import type { Clock } from '../../src/model/clock.ts';
import { Connection } from './connection.ts';
import { Double } from './double.ts';
import type { DoubleFaults } from './faults.ts';
import { type SchedExt, sameProcessKernel } from './sched-ext.ts';
import type { Tasks } from './tasks.ts';

const TIMEOUT_MS = 2_000;
/** From the end of a process until its parent hears of it. */
const REAP_MS = 5;

/** The double without processes and sockets, on a given clock: for tests that are through in milliseconds. */
export interface InProcess {
  readonly kernel: SchedExt;
  readonly children: Children;
  readonly statistics: StatisticsSource;
  readonly control: Control;
  /** To be changed by the test at any time. */
  faults: DoubleFaults;
  tasks: Tasks;
  /** Cgroups that are no more. */
  readonly gone: Set<bigint>;
  /** What is attached loses its members, as by somebody's hand. */
  forgetMembers(): void;
  /** Processes that live now, and all configs that any was started with. */
  readonly alive: number;
  readonly started: readonly SchedulerConfig[];
  /** Processes that stand by now. */
  readonly waiting: number;
  /** Ends the processes as `kill -9` by somebody else does. */
  kill(which?: 'all' | 'attached' | 'standby'): void;
}

interface Process {
  readonly standsBy: Release | null;
  readonly double: Double;
  readonly end: (exit: Omit<ChildExit, 'failure'>, failure?: string) => void;
}

export function inProcess(clock: Clock, { isPatched }: { isPatched: boolean }): InProcess {
  const kernel = sameProcessKernel();
  const processes = new Set<Process>();
  const started: SchedulerConfig[] = [];
  const gone = new Set<bigint>();
  /** One file of members for all, as the agent has. */
  let membersFile: string | null = null;
  const faults = (): DoubleFaults => world.faults;
  const attached = (): Double | null => [...processes].find(({ double }) => double.isAttached)?.double ?? null;

  const spawn = (ended: (exit: ChildExit) => void, standsBy: Release | null = null, ready?: () => void): Process => {
    const end: Process['end'] = (exit, failure) => {
      if (!processes.delete(process)) return;
      double.gone();
      clock.after(REAP_MS, () => ended({ ...exit, failure: failure ?? null }));
    };
    const double = new Double({
      clock,
      kernel,
      faults,
      isPatched,
      tasks: () => world.tasks,
      look: () => (cgroup) => !gone.has(cgroup),
      exit: (code, output) => end({ code, signal: null, output }),
      die: () => end({ code: null, signal: 'SIGKILL', output: '' }),
      // As through a pipe: never within the call that starts it.
      ready: () => clock.after(0, () => ready?.()),
      attached: () => {},
    });
    const process: Process = { standsBy, double, end };
    processes.add(process);
    return process;
  };

  const writeMembers = (config: SchedulerConfig): void => {
    membersFile = JSON.stringify([...membersByName(config)].map(([cgroup, layer]) => ({ cgroup, layer })));
  };

  const begin = (config: SchedulerConfig, process: Process): StandbyHandle => {
    started.push(config);
    const { spawnFails = null } = faults();
    if (spawnFails !== null) {
      process.end({ code: null, signal: null, output: '' }, spawnFails);
      return { signal() {}, attach() {} };
    }
    writeMembers(config);
    const readMembers = (): string | null => (config.members === null ? null : membersFile);
    process.double.start([JSON.stringify(config.layers)], readMembers, process.standsBy);
    return {
      signal(signal) {
        if (signal === 'SIGTERM') return process.double.terminate();
        if (!faults().ignoresSigkill) clock.after(0, () => kill(process));
      },
      attach: () => process.double.told('attach'),
    };
  };

  const kill = (process: Process): void => process.end({ code: null, signal: 'SIGKILL', output: '' });

  /** One connection, with whoever is attached. */
  const exchangeWith = () => {
    let connection: { of: Double; to: Connection } | null = null;
    return (question: object): Promise<unknown> => {
      const double = attached();
      if (double === null || faults().socket === 'missing')
        return Promise.reject(new Error('statistics socket: ENOENT'));
      if (connection?.of !== double) connection = { of: double, to: new Connection(double, faults) };
      return answer(clock, connection.to, question);
    };
  };

  const world: InProcess = {
    kernel,
    faults: {},
    tasks: [],
    gone,
    forgetMembers: () => attached()?.forgetMembers(),
    started,
    get alive() {
      return processes.size;
    },
    get waiting() {
      return [...processes].filter(isWaiting).length;
    },
    kill(which = 'all') {
      const chosen = [...processes].filter((one) => which === 'all' || isWaiting(one) === (which === 'standby'));
      chosen.forEach(kill);
    },
    children: {
      start: (config, ended) => begin(config, spawn(ended)),
      standBy: (config, release, ready, ended) => begin(config, spawn(ended, release, ready)),
      updateStandby: writeMembers,
    },
    statistics: {
      open() {
        const exchange = exchangeWith();
        return {
          async read() {
            const reply = readReply(await exchange({ req: 'stats', args: { target: 'top' } }));
            if (!reply.ok) throw new Error(reply.reason);
            return readStatistics(reply.data);
          },
          async threads(tids) {
            const reply = readReply(await exchange(threadsQuestion(tids)));
            return reply.ok ? readThreads(reply.data) : null;
          },
          close() {},
        };
      },
    },
    control: {
      open() {
        const update = updater();
        const exchange = exchangeWith();
        return { update: (from, to) => update(from, to, exchange), close() {} };
      },
    },
  };
  return world;
}

const isWaiting = ({ standsBy, double }: Process): boolean => standsBy !== null && !double.wasAttached;

function answer(clock: Clock, connection: Connection, question: object): Promise<unknown> {
  const line = connection.answer(JSON.stringify(question));
  if (line !== null) return Promise.resolve().then(() => JSON.parse(line));
  return new Promise((_, reject) => clock.after(TIMEOUT_MS, () => reject(new Error('no answer'))));
}
