import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { converse } from '../calibration/ask.ts';
import { liveRequest, liveTalk, wrongInLive } from '../calibration/live.ts';
import { PLACES, PLACES_CONFIG, wrongPlaces } from '../calibration/places.ts';
import { BRIEF, orderOf, watch, wrongOrder } from '../calibration/states.ts';
import { TALK, wrongInTalk } from '../calibration/talk.ts';
import { startByHand } from '../guest/by-hand.ts';
import { attached, stock } from '../guest/checks.ts';
import { startLoad } from '../guest/load.ts';
import { capabilities } from '../guest/members.ts';
import { removeTree } from '../guest/pods.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { kernelTruth, layerStatistics, SOCKET, threadTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { onStock } from './on-stock.ts';

const MOUNT = '/sys/fs/cgroup';
const LAYERS_MS = 30_000;
const SOON_MS = 5_000;
const NAMES = PLACES_CONFIG.map(({ name }) => name);

async function calibration(ctx: Ctx): Promise<void> {
  const pids = await sleepers(ctx);
  const { enableSeq } = kernelTruth();
  const stop = watch(kernelTruth);
  const it = startByHand(ctx, PLACES_CONFIG);
  await attached(enableSeq);
  let wrong: string[] = [];
  const inPlace = async (): Promise<boolean> => {
    wrong = await wrongThreads(pids);
    return wrong.length === 0;
  };
  await until('each thread is in its layer', inPlace, LAYERS_MS, () => wrong.join('\n'));

  await layerStatistics();
  const answers = await converse(
    SOCKET,
    TALK.map(({ line }) => line),
  );
  for (const answer of answers) ctx.log(answer.slice(0, 1_500));
  if (await capabilities()) assert.deepEqual(await wrongLive(ctx, pids), []);
  it.child.kill('SIGHUP');
  const end = await it.ended;
  await stock();
  const looks = stop();
  ctx.log(`${looks.length} looks: ${JSON.stringify(orderOf(looks))}`);
  assert.deepEqual([...wrongInTalk(answers, NAMES), ...wrongOrder(looks), end], [0]);
  await whileItLoads(ctx);
}

/** What a patched one answers beyond that; one that cannot change numbers is asked for the rest. */
async function wrongLive(ctx: Ctx, pids: ReadonlyMap<number, string>): Promise<string[]> {
  const removed = join(MOUNT, 'lab.slice/removed');
  mkdirSync(removed);
  const idOf = (path: string): string => `${statSync(path, { bigint: true }).ino}`;
  const gone = idOf(removed);
  rmdirSync(removed);
  const [pid = 0] = [...pids].find(([, cgroup]) => cgroup === 'lab.slice/one') ?? [];
  // Not the first thread, which has nothing to do and so is never matched.
  const tid =
    readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .findLast((one) => one !== pid) ?? 0;
  const takesNumbers = (await capabilities())?.layers !== undefined;
  const wrong: string[] = [];
  for (const line of liveTalk({ cgroup: idOf(join(MOUNT, 'lab.slice/one')), gone, tid })) {
    if (line.target === 'layers' && !takesNumbers) continue;
    let found: string | null = null;
    const isRight = async (): Promise<boolean> => {
      const [answer = '{}'] = await converse(SOCKET, [liveRequest(line)]);
      found = wrongInLive(line, answer);
      return found === null;
    };
    if (line.isSoon) await until(line.target, isRight, SOON_MS, () => `${found}`);
    else await isRight();
    if (found !== null) wrong.push(found);
  }
  ctx.log(`patched, takes numbers: ${takesNumbers}, wrong: ${wrong.length}`);
  return wrong;
}

/** It hears SIGTERM, and goes on: it looks only when it is attached. */
async function whileItLoads(ctx: Ctx): Promise<void> {
  const stop = watch(kernelTruth);
  const it = startByHand(ctx, PLACES_CONFIG);
  await until('it loads', () => it.output() !== '' || it.hasEnded(), ATTACH_MS, it.output);
  const begun = performance.now();
  it.child.kill('SIGTERM');
  const end = await it.ended;
  ctx.figure('from SIGTERM while it loads to its end', performance.now() - begun, 'ms');
  const looks = stop();
  ctx.log(`${JSON.stringify(orderOf(looks))} ${it.output()}`);
  assert.deepEqual([...wrongOrder(looks, BRIEF), end], [0]);
}

/** @returns process id of each place */
async function sleepers(ctx: Ctx): Promise<ReadonlyMap<number, string>> {
  const pids = new Map<number, string>();
  for (const [cgroup] of PLACES) {
    const names = cgroup.split('/');
    for (let depth = 1; depth <= names.length && cgroup !== ''; depth++) made(ctx, names.slice(0, depth).join('/'));
    const load = await startLoad(PROGRAMS.load, {
      cgroup: join(MOUNT, cgroup),
      mode: 'sleeper',
      sleep: 50_000,
      work: 500,
    });
    ctx.after(async () => void (await load.end()));
    pids.set(load.pid, cgroup);
  }
  return pids;
}

function made(ctx: Ctx, cgroup: string): void {
  if (mkdirSync(join(MOUNT, cgroup), { recursive: true }) === undefined) return;
  ctx.after(() => removeTree(join(MOUNT, cgroup)));
}

async function wrongThreads(pids: ReadonlyMap<number, string>): Promise<string[]> {
  const threads = (await threadTruth(PROGRAMS.layerOf)) ?? [];
  const layers = new Map<string, Set<string>>();
  for (const { pid, layer } of threads) {
    const cgroup = pids.get(pid);
    if (cgroup === undefined || layer == null) continue;
    layers.set(cgroup, (layers.get(cgroup) ?? new Set()).add(NAMES[layer] ?? `${layer}`));
  }
  const kernel = threads.filter(({ isKernel, isRealTime, layer }) => isKernel && !isRealTime && layer != null);
  const elsewhere = kernel.filter(({ layer }) => NAMES[layer ?? 0] !== 'kernel');
  return [
    ...wrongPlaces(layers),
    ...elsewhere.map(({ comm, layer }) => `the kernel thread ${comm}: ${NAMES[layer ?? 0]}`),
    ...(kernel.length > 0 ? [] : ['no kernel thread has a layer']),
  ];
}

const TABLES: Case = {
  name: 'calibration',
  what: "what the double is held to, by the real ones: answers, placement, the order of the kernel's files, signals",
  deadlineMs: 1_200_000,
  run: calibration,
};

export const CALIBRATION: readonly Case[] = [TABLES, onStock(TABLES)];
