// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { SchedulerExit as _temper_agent_v1_SchedulerExit, SchedulerExit__Output as _temper_agent_v1_SchedulerExit__Output } from '../../../temper/agent/v1/SchedulerExit.ts';
import type { Long } from '@grpc/proto-loader';

export interface SchedulerStatus {
  'phase'?: (string);
  'attached'?: (string);
  'sinceMs'?: (number | string | Long);
  'matching'?: (string);
  'lastExit'?: (_temper_agent_v1_SchedulerExit | null);
  'usesLastKnownGood'?: (boolean);
  'retryAtMs'?: (number | string | Long);
  'foreign'?: (string);
  '_attached'?: "attached";
  '_matching'?: "matching";
  '_retryAtMs'?: "retryAtMs";
  '_foreign'?: "foreign";
}

export interface SchedulerStatus__Output {
  'phase': (string);
  'attached'?: (string);
  'sinceMs': (number);
  'matching'?: (string);
  'lastExit': (_temper_agent_v1_SchedulerExit__Output | null);
  'usesLastKnownGood': (boolean);
  'retryAtMs'?: (number);
  'foreign'?: (string);
}
