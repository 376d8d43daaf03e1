// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { PodPlace as _temper_agent_v1_PodPlace, PodPlace__Output as _temper_agent_v1_PodPlace__Output } from '../../../temper/agent/v1/PodPlace.ts';
import type { Long } from '@grpc/proto-loader';

export interface PodExplanation {
  'place'?: (_temper_agent_v1_PodPlace | null);
  'layerReason'?: (string);
  'qos'?: (string);
  'requestMilli'?: (number | string | Long);
  'specMilli'?: (number | string | Long);
  'disbelieved'?: (string);
  'limitMilli'?: (number | string | Long);
  'override'?: (string);
  'cgroup'?: (string);
  '_layerReason'?: "layerReason";
  '_disbelieved'?: "disbelieved";
  '_limitMilli'?: "limitMilli";
  '_override'?: "override";
  '_cgroup'?: "cgroup";
}

export interface PodExplanation__Output {
  'place': (_temper_agent_v1_PodPlace__Output | null);
  'layerReason'?: (string);
  'qos': (string);
  'requestMilli': (number);
  'specMilli': (number);
  'disbelieved'?: (string);
  'limitMilli'?: (number);
  'override'?: (string);
  'cgroup'?: (string);
}
