// Runs a script of this repository on the Node 24 that comes as a devDependency, installing the
// locked dependencies first when they are missing or are not those of the lockfile. Plain
// JavaScript without dependencies, because it must run on a bare checkout under any Node >= 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR = 24;

function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** npm writes what it installed to a lockfile of its own inside node_modules: compare the two. */
function isInstalled() {
  const installedLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = packages(installedLock);
  return Object.entries(packages(join(root, 'package-lock.json'))).every(
    ([path, { version, optional }]) => path === '' || optional === true || installed[path]?.version === version,
  );
}

function install() {
  console.error('temper: installing the locked dependencies (npm ci), once');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // npm's chatter goes to stderr: stdout belongs to the data of the command that was asked for.
  const { status, error } = spawnSync(npm, ['ci', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(`temper: npm ci failed${error ? `: ${error.message}` : ''}. Is the npm registry reachable?`);
    process.exit(1);
  }
}

function nodeBinary() {
  const packaged = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
  console.error(
    `temper: needs Node ${NODE_MAJOR}; this is ${process.version} and the package "node" was installed without its ` +
      'binary. Are install scripts switched off (npm config ignore-scripts)?',
  );
  process.exit(1);
}

if (!isInstalled()) install();
const child = spawn(nodeBinary(), process.argv.slice(2), { cwd: root, stdio: 'inherit' });
// A terminal sends Ctrl-C to the whole foreground group, so the child has it already: only outlive it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
