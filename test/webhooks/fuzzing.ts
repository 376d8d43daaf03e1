import assert from 'node:assert/strict';
import jsonPatch from 'fast-json-patch';
import { readPod } from '../../src/model/pod.ts';
import { InFlight } from '../../src/service/http/in-flight.ts';
import { createServer } from '../../src/service/http/server.ts';
import { webhookRoutes } from '../../webhooks/routes.ts';
import { limitRangeProblems } from '../standin/limit-range.ts';
import { seeded } from '../standin/seeded.ts';
import { fixture, fixtureNames } from '../support/fixtures.ts';
import { mutateBody } from '../support/mutate.ts';
import { recordedWebhook } from '../support/recorded-webhook.ts';
import { serviceConfig } from '../support/service-config.ts';

interface Reply {
  readonly response: { readonly uid: string; readonly allowed: boolean; readonly patch?: string };
}

/** What became of the bodies: how many were answered with each status, and how many pods were patched. */
export interface Fuzzed {
  readonly statuses: Map<number, number>;
  readonly patched: number;
}

/**
 * Sends mutations of the recorded reviews to the real route behind the service's real parser. Each is
 * answered below 500; what has a request is allowed; and a patch applies and makes the pod no worse.
 */
export async function fuzz(bodies: number, seed: number): Promise<Fuzzed> {
  const random = seeded(seed);
  const seeds = fixtureNames('admission').map((name) => fixture(`admission/${name}`));
  const { webhook, ranges, metrics } = recordedWebhook();
  const failed: unknown[] = [];
  const app = createServer({
    config: serviceConfig(),
    observer: { refused: () => {}, failed: (error) => failed.push(error) },
    isDraining: () => false,
    inFlight: new InFlight(67_108_864),
  });
  webhookRoutes(app, webhook);
  const statuses = new Map<number, number>();
  let patched = 0;
  for (let count = 0; count < bodies; count += 1) {
    const body = mutateBody(seeds[Math.floor(random() * seeds.length)] ?? '', random);
    const where = `body ${count} of seed ${seed}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/mutate', payload: body, headers });
    statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
    assert.ok(answer.statusCode < 500, `${where}: ${answer.statusCode} ${failed.at(-1)}`);
    if (answer.statusCode !== 200) continue;
    const { response } = answer.json<Reply>();
    assert.equal(response.allowed, true, where);
    if (response.patch === undefined) continue;
    patched += 1;
    judge(body, response.patch, ranges, where);
  }
  const text = await metrics.registry.metrics();
  assert.doesNotMatch(text, /reason="internal-error"/, 'no fault of ours was caught and answered harmlessly');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  return { statuses, patched };
}

type Ranges = ReturnType<typeof recordedWebhook>['ranges'];

/** Applies the patch as the API server would and holds the pod to what was promised. */
function judge(body: Buffer, patch: string, ranges: Ranges, where: string): void {
  const sent = () => JSON.parse(body.toString()) as { request: { namespace: string; object: object } };
  const { request } = sent();
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as jsonPatch.Operation[];
  const after = jsonPatch.applyPatch(sent().request.object, operations, true).newDocument;
  const [before, result] = [readPod(request.object), readPod(after)];
  assert.ok(before.ok && result.ok, where);
  const requests = ({ pod }: typeof before) =>
    [...pod.spec.initContainers, ...pod.spec.containers].map(({ resources }) => resources.requests.cpu?.nano);
  for (const [index, nano] of requests(result).entries()) {
    assert.ok((nano ?? -1n) <= (requests(before)[index] ?? -1n), `${where}: raised`);
  }
  const limits = ranges(request.namespace);
  if (limitRangeProblems(limits, specOf(request.object)).length > 0) return;
  assert.deepEqual(limitRangeProblems(limits, specOf(after)), [], where);
}

const specOf = (object: object): unknown => (object as { spec: unknown }).spec;
