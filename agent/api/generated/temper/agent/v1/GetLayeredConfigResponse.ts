// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { Member as _temper_agent_v1_Member, Member__Output as _temper_agent_v1_Member__Output } from '../../../temper/agent/v1/Member.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetLayeredConfigResponse {
  'inForce'?: (boolean);
  'generation'?: (number | string | Long);
  'matching'?: (string);
  'hash'?: (string);
  'shape'?: (string);
  'layersJson'?: (string);
  'members'?: (_temper_agent_v1_Member)[];
  '_matching'?: "matching";
}

export interface GetLayeredConfigResponse__Output {
  'inForce': (boolean);
  'generation': (number);
  'matching'?: (string);
  'hash': (string);
  'shape': (string);
  'layersJson': (string);
  'members': (_temper_agent_v1_Member__Output)[];
}
