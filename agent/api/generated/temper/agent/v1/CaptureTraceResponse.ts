// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto


export interface CaptureTraceResponse {
  'chunk'?: (Buffer | Uint8Array | string);
}

export interface CaptureTraceResponse__Output {
  'chunk': (Buffer);
}
