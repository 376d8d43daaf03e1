// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface GateCheck {
  'id'?: (string);
  'check'?: (string);
  'verdict'?: (string);
  'reason'?: (string);
  'remedy'?: (string);
  '_remedy'?: "remedy";
}

export interface GateCheck__Output {
  'id': (string);
  'check': (string);
  'verdict': (string);
  'reason': (string);
  'remedy'?: (string);
}
