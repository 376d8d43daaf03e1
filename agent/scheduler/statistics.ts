import { z } from 'zod';
import type { Clock } from '../../src/model/clock.ts';
import { LineSocket } from './line-socket.ts';
import type { Statistics, StatisticsSource } from './ports.ts';
import { readReply } from './reply.ts';

const TIMEOUT_MS = 2_000;
const MAX_LAYERS = 16;
/** A number that is not finite is written as null; fields come and go between versions. */
const NUMBER = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
const LAYER = z.looseObject({ index: NUMBER, tasks: NUMBER, util: NUMBER });
const STATISTICS = z.looseObject({
  layers: z
    .record(z.string().max(128), LAYER)
    .refine((layers) => Object.keys(layers).length <= MAX_LAYERS, 'more layers than there can be'),
});

const QUESTION = { req: 'stats', args: { target: 'top' } };

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
        close: () => socket.close(),
      };
    },
  };
}

/** @throws Error where it is no answer to our question */
export function readStatistics(data: unknown): Statistics {
  const parsed = STATISTICS.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new Error('statistics socket: the statistics are not understood');
}
