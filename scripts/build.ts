// Bundles each process into one file, as the image holds it: dist/<process>.mjs.
import { build } from 'esbuild';

const PROCESSES = { service: 'src/service/main.ts' };

// Some dependencies are CommonJS and call `require` for Node's own modules.
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const { metafile } = await build({
  entryPoints: PROCESSES,
  outdir: 'dist',
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
});
for (const [path, { bytes }] of Object.entries(metafile.outputs))
  console.error(`${path}: ${Math.round(bytes / 1024)} KiB`);
