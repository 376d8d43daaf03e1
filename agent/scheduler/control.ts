import type { Clock } from '../../src/model/clock.ts';
import { LineSocket } from './line-socket.ts';
import { type Ask, bringInForce } from './live/bring-in-force.ts';
import { type Capabilities, readCapabilities } from './live/messages.ts';
import type { Control, ControlOutcome } from './ports.ts';
import { readReply } from './reply.ts';
import type { SchedulerConfig } from './scheduler.ts';

/** For all questions of one update. */
const TIMEOUT_MS = 4_000;

/** Live updates by the scheduler's socket, on a connection of their own: a long batch must not hold up the statistics. */
export function controlAt(path: string, clock: Clock): Control {
  return {
    open() {
      const socket = new LineSocket(path, clock);
      const update = updater();
      return {
        update(from, to) {
          const end = clock.monotonic() + TIMEOUT_MS;
          return update(from, to, (question) => socket.ask(question, Math.max(1, end - clock.monotonic())));
        },
        close: () => socket.close(),
      };
    },
  };
}

type Exchange = (question: object) => Promise<unknown>;

/** Asks once what the scheduler can do, then tells it what to change. Never rejects. */
export function updater() {
  let can: Capabilities | null = null;
  return async (from: SchedulerConfig | null, to: SchedulerConfig, exchange: Exchange): Promise<ControlOutcome> => {
    const request = async (target: string, args: Readonly<Record<string, string>> = {}) =>
      readReply(await exchange({ req: 'stats', args: { target, ...args } }));
    const ask: Ask = async (target, args) => {
      const reply = await request(target, args);
      if (!reply.ok) throw new Error(`${target}: ${reply.reason}`);
      return reply.data;
    };
    try {
      if (can === null) {
        const reply = await request('capabilities');
        if (!reply.ok) return { kind: 'refused', reason: `it takes no members: ${reply.reason}` };
        can = readCapabilities(reply.data);
      }
      if (can.maxChanges === null) return { kind: 'refused', reason: 'it takes no members' };
      return { kind: 'applied', ...(await bringInForce(ask, can, from, to)) };
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}
