// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { SafeModeStatus as _temper_agent_v1_SafeModeStatus, SafeModeStatus__Output as _temper_agent_v1_SafeModeStatus__Output } from '../../../temper/agent/v1/SafeModeStatus.ts';

export interface SetSafeModeResponse {
  'changed'?: (boolean);
  'safeMode'?: (_temper_agent_v1_SafeModeStatus | null);
}

export interface SetSafeModeResponse__Output {
  'changed': (boolean);
  'safeMode': (_temper_agent_v1_SafeModeStatus__Output | null);
}
