import type { ServerResponse } from 'node:http';
import { chosenLines, type LogQuery, readLogQuery, writerOf } from './log-query.ts';
import { Refusal } from './refusal.ts';
import type { RunLog } from './run-log.ts';
import type { RunningPod } from './run-pod.ts';

/**
 * Answers `/containerLogs`: what there is of a container, and on request what is still to come.
 *
 * @throws Refusal
 */
export function sendLog(pod: RunningPod, container: string, params: URLSearchParams, response: ServerResponse): void {
  const wanted = readLogQuery(params);
  const log = logOf(pod, container, wanted);
  response.writeHead(200, { 'content-type': 'text/plain' });
  // Whoever follows a log that is still empty gets an answer as well.
  response.flushHeaders();
  const writer = writerOf(wanted, (bytes) => response.write(bytes));
  for (const line of chosenLines(log.lines(), wanted, Date.now())) writer.write(line);
  if (!wanted.follow || log.isOver || writer.isFull) {
    response.end();
    return;
  }
  const leave = log.follow((line) => {
    if (line !== null) writer.write(line);
    if (line === null || writer.isFull) response.end();
  });
  response.on('close', leave);
}

function logOf({ pod, logs }: RunningPod, container: string, { previous }: LogQuery): RunLog {
  const { metadata, spec } = pod;
  const isKnown = [...spec.initContainers, ...spec.containers].some(({ name }) => name === container);
  if (!isKnown) throw new Refusal(404, `container "${container}" not found in pod "${metadata.name}"`);
  const log = logs(container)?.[previous ? 'previous' : 'last'] ?? null;
  if (log !== null) return log;
  const what = previous
    ? `previous terminated container "${container}" in pod "${metadata.name}" not found`
    : `container "${container}" in pod "${metadata.name}" is waiting to start`;
  throw new Refusal(400, what);
}
