// Writes generated/ from agent.proto: types by proto-loader's own generator, and the descriptor as a
// module, so that a bundle needs no .proto file beside it. Run by people: node agent/api/generate.ts
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PROTO = join(import.meta.dirname, 'agent.proto');
const HEADER = `// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
`;

/** Must say the same as `definition.ts`, or types and values differ. */
const FLAGS = ['--longs=Number', '--defaults', '--grpcLib=@grpc/grpc-js'];
const EXTENSIONS = ['--targetFileExtension=.ts', '--importFileExtension=.ts'];

/** The part of protobufjs that is used here. */
interface Protobuf {
  loadSync(path: string): { toJSON(): unknown };
}

/** Replaces what is in `folder` by what follows from the .proto file. */
export function generate(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const require = createRequire(import.meta.url);
  const loader = require.resolve('@grpc/proto-loader');
  const generator = join(dirname(loader), '../bin/proto-loader-gen-types.js');
  // From its own folder: the path of the .proto file goes into a comment.
  const options = { cwd: dirname(PROTO), stdio: 'inherit' } as const;
  const args = [generator, ...FLAGS, ...EXTENSIONS, '-O', folder, 'agent.proto'];
  const { status } = spawnSync(process.execPath, args, options);
  if (status !== 0) throw new Error(`proto-loader-gen-types ended with ${status}`);
  // The types of a package that is loaded by name: nobody does.
  rmSync(join(folder, 'agent.ts'));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (name.endsWith('.ts')) writeFileSync(path, HEADER + readFileSync(path, 'utf8').replace(/[ \t]+$/gm, ''));
  }
  // The protobufjs that proto-loader itself runs with.
  const protobuf: Protobuf = createRequire(loader)('protobufjs');
  const descriptor = JSON.stringify(protobuf.loadSync(PROTO).toJSON(), null, 1);
  writeFileSync(join(folder, 'descriptor.ts'), `${HEADER}\nexport const DESCRIPTOR = ${descriptor};\n`);
}

if (import.meta.main) generate(join(import.meta.dirname, 'generated'));
