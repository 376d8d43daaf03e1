// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { Long } from '@grpc/proto-loader';

export interface StockGap {
  'count'?: (number | string | Long);
  'totalMs'?: (number | string | Long);
  'currentMs'?: (number | string | Long);
  '_currentMs'?: "currentMs";
}

export interface StockGap__Output {
  'count': (number);
  'totalMs': (number);
  'currentMs'?: (number);
}
