import type { Clock } from '../../src/model/clock.ts';
import { LineSocket } from './line-socket.ts';
import { readThreads } from './live/messages.ts';
import type { LayerStatistics, Statistics, StatisticsSource } from './ports.ts';
import { isObject, readReply } from './reply.ts';

const TIMEOUT_MS = 2_000;
const MAX_LAYERS = 16;
const MAX_NAME = 128;

const QUESTION = { req: 'stats', args: { target: 'top' } };

/** Arguments are texts, whatever they hold. */
export function threadsQuestion(tids: readonly number[]): object {
  return { req: 'stats', args: { target: 'threads', tids: JSON.stringify(tids) } };
}

/** The statistics of scx_layered. */
export function statisticsAt(path: string, clock: Clock): StatisticsSource {
  return {
    open() {
      const socket = new LineSocket(path, clock);
      return {
        async read() {
          const reply = readReply(await socket.ask(QUESTION, TIMEOUT_MS));
          if (!reply.ok) throw new Error(`statistics socket: ${reply.reason}`);
          return readStatistics(reply.data);
        },
        async threads(tids) {
          const reply = readReply(await socket.ask(threadsQuestion(tids), TIMEOUT_MS));
          return reply.ok ? readThreads(reply.data) : null;
        },
        close: () => socket.close(),
      };
    },
  };
}

/**
 * By hand, since a schema copies sixty fields of each layer every second, of which three are judged here. The others
 * are passed on as they came, and are for whoever reads them to judge.
 *
 * @throws Error where it is no answer to our question
 */
export function readStatistics(data: unknown): Statistics {
  if (!isObject(data) || !isObject(data['layers'])) throw notUnderstood();
  const entries = Object.entries(data['layers']);
  // More layers than there can be.
  if (entries.length > MAX_LAYERS) throw notUnderstood();
  return { ...data, layers: Object.fromEntries(entries.map(([name, layer]) => [short(name), readLayer(layer)])) };
}

function readLayer(layer: unknown): LayerStatistics {
  if (!isObject(layer)) throw notUnderstood();
  return { ...layer, index: number(layer['index']), tasks: number(layer['tasks']), util: number(layer['util']) };
}

/** A number that is not finite is written as null; fields come and go between versions. */
function number(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw notUnderstood();
  return value;
}

function short(name: string): string {
  if (name.length > MAX_NAME) throw notUnderstood();
  return name;
}

function notUnderstood(): Error {
  return new Error('statistics socket: the statistics are not understood');
}
