// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface Member {
  'cgroupId'?: (string);
  'layer'?: (number);
}

export interface Member__Output {
  'cgroupId': (string);
  'layer': (number);
}
