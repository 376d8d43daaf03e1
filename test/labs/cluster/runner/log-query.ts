import { z } from 'zod';
import { Refusal } from './refusal.ts';
import type { LogLine } from './run-log.ts';

/** What of a log is asked for, as the API server passes it on from kubectl and helm. */

const number = z.coerce.number().int().nonnegative();
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const query = z
  .strictObject({
    follow: flag.default(false),
    previous: flag.default(false),
    timestamps: flag.default(false),
    tailLines: number.optional(),
    sinceSeconds: number.optional(),
    sinceTime: z.iso.datetime({ offset: true }).optional(),
    limitBytes: number.optional(),
  })
  .refine(({ sinceSeconds, sinceTime }) => sinceSeconds === undefined || sinceTime === undefined, {
    message: 'sinceSeconds and sinceTime exclude each other',
  });

export type LogQuery = z.infer<typeof query>;

/** @throws Refusal that says what it does not understand */
export function readLogQuery(params: URLSearchParams): LogQuery {
  const { data, error } = query.safeParse(Object.fromEntries(params));
  const issue = error?.issues[0];
  if (data === undefined) throw new Refusal(400, `${issue?.path.join('.')}: ${issue?.message}`);
  return data;
}

/** Those of what is there already that are asked for. */
export function chosenLines(lines: readonly LogLine[], wanted: LogQuery, now: number): readonly LogLine[] {
  const { tailLines, sinceSeconds, sinceTime } = wanted;
  const since = sinceTime !== undefined ? Date.parse(sinceTime) : now - (sinceSeconds ?? Infinity) * 1000;
  const recent = lines.filter(({ time }) => Date.parse(time) >= since);
  return tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - tailLines));
}

/** Turns lines into what is sent, until the bytes that are asked for are. */
export function writerOf({ timestamps, limitBytes = Infinity }: LogQuery, send: (bytes: Buffer) => void) {
  let left = limitBytes;
  return {
    write({ time, text }: LogLine): void {
      const bytes = Buffer.from(`${timestamps ? `${time} ` : ''}${text}\n`).subarray(0, left);
      left -= bytes.length;
      if (bytes.length > 0) send(bytes);
    },
    /** Nothing more is sent. */
    get isFull() {
      return left <= 0;
    },
  };
}
