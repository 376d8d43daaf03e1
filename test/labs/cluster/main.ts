// `npm run lab:cluster`: the real control plane of Kubernetes on loopback, and what is shown on it. README.md beside this.
import { join } from 'node:path';
import { cacheOf } from '../../../scripts/making/cache.ts';
import { CannotRun } from '../../../scripts/making/cannot-run.ts';
import { type Case, casesFor } from '../../e2e/case.ts';
import { CASES } from '../../e2e/cases/index.ts';
import { narrator, runCommand } from '../telling.ts';
import { LAB_CASES } from './cases/index.ts';
import { hold } from './host/hold.ts';
import { isInOwnNetwork, runInOwnNetwork, setUpOwnNetwork, whyNoOwnNetwork } from './host/network.ts';
import { type LabOptions, readOptions, USAGE } from './host/options.ts';
import { getParts } from './host/parts.ts';
import { report } from './host/report.ts';
import { runSuite } from './host/suite.ts';
import { down, status, up } from './host/up.ts';
import { readUpState, upFolder } from './host/up-state.ts';
import { SERVICE_RANGE } from './plane/address.ts';

/** What is for machines goes to standard output, and nothing else. */
const say = narrator(console.error);

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const folder = upFolder(cacheOf('cluster-lab'), join(import.meta.dirname, '../../..'));
  // Not for people: what `up` starts.
  if (args[0] === 'hold') {
    return await hold(folder, await getParts(say), args[1], say);
  }
  const options = readOptions(args);
  return await VERBS[options.verb](folder, options);
}

type Verb = (folder: string, options: LabOptions) => Promise<number>;

const VERBS: Readonly<Record<LabOptions['verb'], Verb>> = {
  async run(_folder, { pattern, list, keep }) {
    const { cases, leftOut } = casesFor('real', [...CASES, ...LAB_CASES]);
    const chosen = cases.filter(({ name }) => pattern?.test(name) ?? true);
    if (chosen.length === 0) throw new CannotRun(`no case matches ${pattern}; --list names them`);
    if (list) return listCases(chosen);
    const parts = await getParts(say);
    const why = whyNoOwnNetwork();
    if (why === null && !isInOwnNetwork()) return await runInOwnNetwork(process.argv.slice(1));
    if (why === null) setUpOwnNetwork(SERVICE_RANGE);
    else say(`on this machine's loopback, without Services: ${why}`);
    const possible = chosen.filter(({ needsServices }) => why === null || needsServices === undefined);
    const without = chosen
      .filter((one) => !possible.includes(one))
      .map(({ name }) => `${name}: no network of its own: ${why}`);
    const outcomes = await runSuite({ parts, cases: possible, keep, say });
    console.log(report(outcomes, [...leftOut, ...without]));
    return outcomes.every(({ problems }) => problems.length === 0) ? 0 : 1;
  },
  async build() {
    const { programs, schemas } = await getParts(say);
    for (const [name, path] of Object.entries({ ...programs, schemas })) console.log(`${name} ${path}`);
    return 0;
  },
  async up(folder) {
    const { url, kubeconfig } = await up(folder, await getParts(say));
    say(`up: ${url}; it stays until \`npm run lab:cluster -- down\``);
    console.log(`export KUBECONFIG=${kubeconfig}\nexport PATH=${join(folder, 'bin')}:$PATH`);
    return 0;
  },
  async down(folder) {
    say((await down(folder)) ? 'ended, and its files removed' : 'nothing was up');
    return 0;
  },
  status: (folder) => Promise.resolve(status(folder, (line) => console.log(line)) ? 0 : 1),
  kubeconfig(folder) {
    const state = readUpState(folder);
    if (state === null) throw new CannotRun('nothing is up; `npm run lab:cluster -- up` changes that');
    console.log(state.kubeconfig);
    return Promise.resolve(0);
  },
};

function listCases(cases: readonly Case[]): number {
  for (const { name, what } of cases) console.log(`${name}: ${what}`);
  return 0;
}

runCommand('lab', main);
