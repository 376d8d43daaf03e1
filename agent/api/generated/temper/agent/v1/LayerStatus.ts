// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface LayerStatus {
  'name'?: (string);
  'pods'?: (number);
  'cpus'?: (number | string);
  'cpusUsed'?: (number | string);
  'util'?: (number | string);
  '_cpus'?: "cpus";
  '_cpusUsed'?: "cpusUsed";
  '_util'?: "util";
}

export interface LayerStatus__Output {
  'name': (string);
  'pods': (number);
  'cpus'?: (number);
  'cpusUsed'?: (number);
  'util'?: (number);
}
