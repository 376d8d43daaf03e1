// What one agent asks of the API server in an hour, counted by the stand-in: `npm run bench -- requests`.
import type { Matching } from '../agent/scheduler/scheduler.ts';
import type { SeenRequest } from '../test/standin/api/http.ts';
import { PODS } from '../test/standin/api/resources.ts';
import { seeded } from '../test/standin/seeded.ts';
import { NODE, type RequestsNode, requestsNode } from './requests-node.ts';
import type { BenchResult } from './result.ts';

const MINUTE_MS = 60_000;
const PODS_AT_FIRST = 60;
const MAX_PODS = 110;
const CLASSES = ['temper-critical', 'temper-high', 'temper-normal', 'temper-low', 'temper-background'] as const;

/** Bound: 240 patches an hour, whatever happens. */
export async function benchRequests({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const minutes = smoke ? 2 : 60;
  const rows: BenchResult['rows'] = [];
  for (const matching of ['membership', 'prefixes'] as const) {
    for (const perMinute of [0, 10, 100]) rows.push(await measure(matching, perMinute, minutes));
  }
  return {
    name: 'API requests of one agent in an hour',
    rows,
    notes: [
      'Time is given: an hour takes seconds here. Loop, supervisor, publisher, Events and list-watches are those of the agent, over HTTP to the embedded API server, which counts; the scheduler is the double in process, cgroups and load are made up.',
      `Counted from two minutes after the start. ${PODS_AT_FIRST} pods at first, ${MAX_PODS} at most, of all tiers; a change is a pod that comes or goes, spread over the minute. CPU use and pressure are drawn anew every 30 s, so nothing of it repeats.`,
      'A watch is asked for again after 290 s; it goes on where it was, so that nothing is listed again. Membership is the patched binary, prefixes the stock one, which restarts for each change of what is listed.',
      ...(smoke ? ['Smoke: minutes, not an hour.'] : []),
    ],
  };
}

async function measure(
  matching: Matching,
  perMinute: number,
  minutes: number,
): Promise<Record<string, string | number>> {
  const random = seeded(1);
  const node = await requestsNode(matching, random);
  try {
    const churn = churnOf(node, random);
    for (let pod = 0; pod < PODS_AT_FIRST; pod += 1) await churn.add();
    await node.it.advance(2 * MINUTE_MS);
    const before = node.seen.length;
    for (let change = 0; change < perMinute * minutes; change += 1) {
      await node.it.advance(MINUTE_MS / perMinute);
      await churn.change();
    }
    if (perMinute === 0) await node.it.advance(minutes * MINUTE_MS);
    const counted = node.seen.slice(before);
    const of = (verb: SeenRequest['verb'], isEvent = false): number =>
      counted.filter((one) => one.verb === verb && (one.resource === 'events') === isEvent).length;
    return {
      matching,
      'pod changes a minute': perMinute,
      lists: of('list'),
      watches: of('watch'),
      'patches of the Node': of('patch'),
      'writes of Events': of('create', true) + of('patch', true),
      all: counted.length,
    };
  } finally {
    await node.close();
  }
}

/** Pods that come and go by the given chance. */
function churnOf({ cluster }: RequestsNode, random: () => number) {
  const names: string[] = [];
  let count = 0;
  const draw = (below: number): number => Math.floor(random() * below);
  const add = async (): Promise<void> => {
    count += 1;
    const name = `pod-${count}`;
    const resources = { requests: { cpu: `${50 + 50 * draw(10)}m` } };
    const priorityClassName = CLASSES[draw(CLASSES.length)];
    const spec = { nodeName: NODE, priorityClassName, containers: [{ name: 'app', image: 'app:1', resources }] };
    await cluster.api.create(PODS, { namespace: 'shop', body: { metadata: { name }, spec } });
    names.push(name);
  };
  return {
    add,
    async change(): Promise<void> {
      if (names.length < MAX_PODS && (names.length === 0 || random() < 0.5)) return await add();
      const [name = ''] = names.splice(draw(names.length), 1);
      cluster.api.remove(PODS, { namespace: 'shop', name });
    },
  };
}
