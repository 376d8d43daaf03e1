// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { Long } from '@grpc/proto-loader';

export interface SchedulerExit {
  'class'?: (string);
  'detail'?: (string);
  'atMs'?: (number | string | Long);
}

export interface SchedulerExit__Output {
  'class': (string);
  'detail': (string);
  'atMs': (number);
}
