// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface SetSafeModeRequest {
  'on'?: (boolean);
  '_on'?: "on";
}

export interface SetSafeModeRequest__Output {
  'on'?: (boolean);
}
