import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { lastWords, type Running } from './process.ts';

const POLL_MS = 50;
const ANSWER_MS = 2_000;

/** Waits until the URL answers 200. @throws Error with its last words where it ends, or is not well in time */
export async function untilHealthy(running: Running, url: string, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  let last = 'it did not answer';
  while (performance.now() < deadline) {
    if (running.end !== null) {
      throw new Error(`${running.name} ended with ${running.end}; ${running.logFile}:\n${lastWords(running.logFile)}`);
    }
    const status = await statusOf(url);
    if (status === 200) return;
    last = status === null ? last : `it answered ${status}`;
    await pause(POLL_MS);
  }
  throw new Error(
    `${running.name} is not well after ${ms / 1000} s: ${last}; ${running.logFile}:\n${lastWords(running.logFile)}`,
  );
}

/** Null where there is no answer. Of whom the answer is does not matter here: the address is ours alone. */
function statusOf(url: string): Promise<number | null> {
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  return new Promise((resolve) => {
    const request = get(url, { rejectUnauthorized: false, timeout: ANSWER_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}
