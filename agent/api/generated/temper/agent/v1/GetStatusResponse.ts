// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { SchedulerStatus as _temper_agent_v1_SchedulerStatus, SchedulerStatus__Output as _temper_agent_v1_SchedulerStatus__Output } from '../../../temper/agent/v1/SchedulerStatus.ts';
import type { GateCheck as _temper_agent_v1_GateCheck, GateCheck__Output as _temper_agent_v1_GateCheck__Output } from '../../../temper/agent/v1/GateCheck.ts';
import type { SafeModeStatus as _temper_agent_v1_SafeModeStatus, SafeModeStatus__Output as _temper_agent_v1_SafeModeStatus__Output } from '../../../temper/agent/v1/SafeModeStatus.ts';
import type { TierStatus as _temper_agent_v1_TierStatus, TierStatus__Output as _temper_agent_v1_TierStatus__Output } from '../../../temper/agent/v1/TierStatus.ts';
import type { LayerStatus as _temper_agent_v1_LayerStatus, LayerStatus__Output as _temper_agent_v1_LayerStatus__Output } from '../../../temper/agent/v1/LayerStatus.ts';
import type { Notice as _temper_agent_v1_Notice, Notice__Output as _temper_agent_v1_Notice__Output } from '../../../temper/agent/v1/Notice.ts';
import type { StockGap as _temper_agent_v1_StockGap, StockGap__Output as _temper_agent_v1_StockGap__Output } from '../../../temper/agent/v1/StockGap.ts';
import type { Versions as _temper_agent_v1_Versions, Versions__Output as _temper_agent_v1_Versions__Output } from '../../../temper/agent/v1/Versions.ts';
import type { PodPlace as _temper_agent_v1_PodPlace, PodPlace__Output as _temper_agent_v1_PodPlace__Output } from '../../../temper/agent/v1/PodPlace.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetStatusResponse {
  'node'?: (string);
  'status'?: (string);
  'reason'?: (string);
  'sinceMs'?: (number | string | Long);
  'generation'?: (number | string | Long);
  'scheduler'?: (_temper_agent_v1_SchedulerStatus | null);
  'gate'?: (_temper_agent_v1_GateCheck)[];
  'gateRefusal'?: (string);
  'safeMode'?: (_temper_agent_v1_SafeModeStatus | null);
  'tiers'?: (_temper_agent_v1_TierStatus)[];
  'layers'?: (_temper_agent_v1_LayerStatus)[];
  'notices'?: (_temper_agent_v1_Notice)[];
  'stockGap'?: (_temper_agent_v1_StockGap | null);
  'versions'?: (_temper_agent_v1_Versions | null);
  'lastContactMs'?: (number | string | Long);
  'pods'?: (_temper_agent_v1_PodPlace)[];
  'podsTotal'?: (number);
  '_reason'?: "reason";
  '_gateRefusal'?: "gateRefusal";
  '_lastContactMs'?: "lastContactMs";
}

export interface GetStatusResponse__Output {
  'node': (string);
  'status': (string);
  'reason'?: (string);
  'sinceMs': (number);
  'generation': (number);
  'scheduler': (_temper_agent_v1_SchedulerStatus__Output | null);
  'gate': (_temper_agent_v1_GateCheck__Output)[];
  'gateRefusal'?: (string);
  'safeMode': (_temper_agent_v1_SafeModeStatus__Output | null);
  'tiers': (_temper_agent_v1_TierStatus__Output)[];
  'layers': (_temper_agent_v1_LayerStatus__Output)[];
  'notices': (_temper_agent_v1_Notice__Output)[];
  'stockGap': (_temper_agent_v1_StockGap__Output | null);
  'versions': (_temper_agent_v1_Versions__Output | null);
  'lastContactMs'?: (number);
  'pods': (_temper_agent_v1_PodPlace__Output)[];
  'podsTotal': (number);
}
