// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface PodPlace {
  'uid'?: (string);
  'namespace'?: (string);
  'name'?: (string);
  'tier'?: (string);
  'reason'?: (string);
  'layer'?: (string);
  '_layer'?: "layer";
}

export interface PodPlace__Output {
  'uid': (string);
  'namespace': (string);
  'name': (string);
  'tier': (string);
  'reason': (string);
  'layer'?: (string);
}
