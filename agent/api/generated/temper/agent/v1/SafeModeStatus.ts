// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface SafeModeStatus {
  'on'?: (boolean);
  'sources'?: (string)[];
  'reason'?: (string);
  '_reason'?: "reason";
}

export interface SafeModeStatus__Output {
  'on': (boolean);
  'sources': (string)[];
  'reason'?: (string);
}
