import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GetLayeredConfigResponse__Output } from '../../agent/api/generated/temper/agent/v1/GetLayeredConfigResponse.ts';
import { ask } from '../agent/api/harness.ts';
import { type Dice, FAULTS } from '../agent/reconcile/random-acts.ts';
import { PODS } from '../standin/api/resources.ts';
import { API_MODES } from '../support/api-gate.ts';
import { leaveDescriptors, limitDescriptors, PLENTY } from '../support/descriptors.ts';
import type { SoakWorld } from './world.ts';

/** What it returns is waited for. */
export type Act = (world: SoakWorld, dice: Dice) => unknown;

const MAX_PODS = 12;
const CLASSES = [
  'temper-critical',
  'temper-critical',
  'temper-high',
  'temper-normal',
  'temper-low',
  'temper-background',
];
/** The pod that a calm node enforces for. */
export const PROTECTED = 'protected';
const HOURS_MS = 3_600_000;
/** Each restart of an agent empties what it counts, so they end in time for one to grow old. */
const isYoung = ({ mayRestart }: SoakWorld): boolean => mayRestart;

/** Each with its weight. What mends comes oftener than what breaks, so that the node gets somewhere. */
export const ACTS: ReadonlyArray<readonly [weight: number, name: string, act: Act]> = [
  [8, 'a pod comes', come],
  [3, 'a pod goes', go],
  [3, 'a tier changes', override],
  [3, 'the scheduler is killed', killScheduler],
  [3, 'the scheduler begins to fail', (world, dice) => world.fault(dice.pick(FAULTS))],
  [8, 'the scheduler is well', (world) => world.fault({})],
  [1, 'a bad config', badConfig],
  [2, 'safe mode', enterSafeMode],
  [9, 'safe mode is over', (world) => world.leaveSafeMode()],
  [2, 'the API server is cut off', ({ node }, dice) => node.gate.set(dice.pick(API_MODES.slice(1)))],
  [5, 'the API server is back', ({ node }) => node.gate.set('open')],
  [1, 'a CPU goes', (world) => hotplug(world, '0-6')],
  [5, 'all CPUs are there', (world) => hotplug(world, '0-7')],
  [1, 'a reload', (world) => world.reload()],
  [1, 'the clock jumps', ({ node }, dice) => node.agent.setClockOff(Math.round((dice.chance() - 0.5) * 24 * HOURS_MS))],
  [1, 'no descriptors for a while', starve],
  [1, 'it stands still', standStill],
  [1.5, 'the agent is killed', (world) => isYoung(world) && world.restart('SIGKILL')],
  [1, 'the agent is ended', (world) => isYoung(world) && world.restart('SIGTERM')],
];

async function come({ node, pods }: SoakWorld, dice: Dice): Promise<void> {
  if (pods.size >= MAX_PODS) return;
  const name = `pod-${1 + dice.below(1_000_000)}`;
  if (!pods.has(name)) pods.set(name, await node.addPod(name, dice.pick(CLASSES), [1 + dice.below(30_000)]));
}

function go({ node, pods }: SoakWorld, dice: Dice): void {
  const [name, pod] = dice.pick([...pods]) ?? [];
  if (name === undefined || pod === undefined) return;
  node.cluster.api.remove(PODS, { namespace: 'shop', name });
  pod.removeCgroup();
  pods.delete(name);
}

async function override({ node, pods }: SoakWorld, dice: Dice): Promise<void> {
  // What is protected whenever the node must be calm stays so.
  const [, pod] = dice.pick([...pods].filter(([name]) => name !== PROTECTED)) ?? [];
  if (pod === undefined) return;
  const api = await node.client();
  const request = { pod: { uid: pod.uid }, tier: dice.pick(['critical', 'high', 'normal', 'low', 'background']) };
  // It is refused while the Node has not been read, and cannot be stored while the API server is away.
  const set = ask((sent: typeof request, done) => api.setQos(sent, { deadline: Date.now() + 2_000 }, done), request);
  await set.catch(() => {});
}

function killScheduler({ node }: SoakWorld): void {
  try {
    if (node.kernelState() === 'enabled') process.kill(node.owner(), 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

async function badConfig(world: SoakWorld): Promise<void> {
  const api = await world.node.client();
  const deadline = Date.now() + 5_000;
  const { layersJson } = await ask<object, GetLayeredConfigResponse__Output>(
    (sent, done) => api.getLayeredConfig(sent, { deadline }, done),
    {},
  );
  const [first] = JSON.parse(layersJson || '[]') as unknown[];
  if (first === undefined) return;
  world.fault({ refusesText: JSON.stringify(first) });
  killScheduler(world);
}

async function enterSafeMode(world: SoakWorld, dice: Dice): Promise<void> {
  const { node } = world;
  const isReachable = node.gate.mode === 'open';
  const source = dice.pick(isReachable ? ['file', 'grpc', 'annotation'] : ['file', 'grpc']);
  world.asked = true;
  if (source === 'file') writeFileSync(world.safeModeFile, '');
  if (source === 'grpc') await node.safeMode(true);
  if (source === 'annotation') node.annotate('safe-mode-requested', 'true');
  await world.untilStandsDown(source);
}

/** The kernel lets go of its scheduler when the CPUs change. */
function hotplug(world: SoakWorld, online: string): void {
  const { host } = world.node;
  if (world.online === online) return;
  world.online = online;
  host.setOnline(online);
  const file = 'kernel/sched_ext/hotplug_seq';
  host.write(`sys/${file}`, `${Number(readFileSync(join(host.paths.sys, file), 'utf8')) + 1}\n`);
  killScheduler(world);
}

async function starve(world: SoakWorld, dice: Dice): Promise<void> {
  const { node } = world;
  // The connection must stand: a new one could not be taken.
  await node.told();
  leaveDescriptors(node, dice.below(6));
  if (dice.chance() < 0.5) killScheduler(world);
  await pause(dice.below(4_000));
  limitDescriptors(node, PLENTY);
}

/** Longer than any hint waits, with more events than the kernel keeps. */
async function standStill({ node }: SoakWorld): Promise<void> {
  const folder = join(node.host.paths.cgroup, 'kubepods.slice/kubepods-burstable.slice');
  node.agent.child.kill('SIGSTOP');
  for (let count = 0; count < 9_000; count += 1) {
    mkdirSync(join(folder, `rubbish-${count}`));
    rmdirSync(join(folder, `rubbish-${count}`));
  }
  await pause(500);
  node.agent.child.kill('SIGCONT');
}
