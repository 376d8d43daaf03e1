// Bundles each process into one file, as the image holds it: dist/<process>.mjs, and beside it what only a kubeconfig
// needs. The command line is split into chunks, dist/cli/: a command then loads only what it needs, and --help next to
// nothing.
import { chmodSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { apart, builtinsByRequire, englishOnly } from './bundle/plugins.ts';

const PROCESSES = { service: 'src/service/main.ts', agent: 'agent/main.ts', 'kube-config': 'src/kube/kube-config.ts' };
const CLI = { 'temper-cli': 'src/cli/main.ts' };

// Some dependencies are CommonJS and call `require` for Node's own modules.
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const common = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  banner: { js: REQUIRE },
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay, so that a stack in a log can be read.
  keepNames: true,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  plugins: [builtinsByRequire, englishOnly],
} as const satisfies BuildOptions;

const processes = await build({
  ...common,
  entryPoints: PROCESSES,
  outdir: 'dist',
  plugins: [...common.plugins, apart(/\/kube-config\.ts$/, './kube-config.mjs')],
});
const cli = await build({ ...common, entryPoints: CLI, outdir: 'dist/cli', splitting: true });
for (const program of ['dist/agent.mjs', 'dist/cli/temper-cli.mjs']) chmodSync(program, 0o755);

for (const [path, { bytes, entryPoint }] of Object.entries({ ...processes.metafile.outputs, ...cli.metafile.outputs }))
  if (entryPoint !== undefined) console.error(`${path}: ${Math.round(bytes / 1024)} KiB`);
