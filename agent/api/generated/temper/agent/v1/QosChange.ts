// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface QosChange {
  'uid'?: (string);
  'namespace'?: (string);
  'name'?: (string);
  'before'?: (string);
  'tier'?: (string);
  '_before'?: "before";
}

export interface QosChange__Output {
  'uid': (string);
  'namespace': (string);
  'name': (string);
  'before'?: (string);
  'tier': (string);
}
