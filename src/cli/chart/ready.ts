import { TemperError } from '../../model/errors.ts';
import { type Context, inTime } from '../context.ts';
import type { Result } from '../output/result.ts';
import { untilWell } from './within.ts';

/** Asks each address until it answers 200. @throws TemperError TMP3231 where one does not in time */
export async function ready(context: Context, urls: readonly string[], withinMs: number): Promise<Result> {
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw new TemperError('TMP3221', `${url} is no address of HTTP`);
  }
  for (const url of urls) await untilWell(context, withinMs, () => ask(context, url));
  return {
    kind: 'ReadyCheck',
    data: { urls },
    text: (paint) => urls.map((url) => `${paint('green', 'ok')} ${url}\n`).join(''),
  };
}

async function ask(context: Context, url: string): Promise<string | null> {
  try {
    return await inTime(context, async (signal) => {
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      return response.status === 200 ? null : `${url} answers ${response.status}`;
    });
  } catch (error) {
    if (error instanceof TemperError && error.id === 'TMP3227') throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return `${url}: ${cause}`;
  }
}
