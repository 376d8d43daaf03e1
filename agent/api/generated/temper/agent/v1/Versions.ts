// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface Versions {
  'agent'?: (string);
  'scheduler'?: (string);
  'kernel'?: (string);
  '_scheduler'?: "scheduler";
  '_kernel'?: "kernel";
}

export interface Versions__Output {
  'agent': (string);
  'scheduler'?: (string);
  'kernel'?: (string);
}
