// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CaptureTraceRequest as _temper_agent_v1_CaptureTraceRequest, CaptureTraceRequest__Output as _temper_agent_v1_CaptureTraceRequest__Output } from '../../../temper/agent/v1/CaptureTraceRequest.ts';
import type { CaptureTraceResponse as _temper_agent_v1_CaptureTraceResponse, CaptureTraceResponse__Output as _temper_agent_v1_CaptureTraceResponse__Output } from '../../../temper/agent/v1/CaptureTraceResponse.ts';
import type { ClearQosRequest as _temper_agent_v1_ClearQosRequest, ClearQosRequest__Output as _temper_agent_v1_ClearQosRequest__Output } from '../../../temper/agent/v1/ClearQosRequest.ts';
import type { ClearQosResponse as _temper_agent_v1_ClearQosResponse, ClearQosResponse__Output as _temper_agent_v1_ClearQosResponse__Output } from '../../../temper/agent/v1/ClearQosResponse.ts';
import type { ExplainRequest as _temper_agent_v1_ExplainRequest, ExplainRequest__Output as _temper_agent_v1_ExplainRequest__Output } from '../../../temper/agent/v1/ExplainRequest.ts';
import type { ExplainResponse as _temper_agent_v1_ExplainResponse, ExplainResponse__Output as _temper_agent_v1_ExplainResponse__Output } from '../../../temper/agent/v1/ExplainResponse.ts';
import type { GetLayeredConfigRequest as _temper_agent_v1_GetLayeredConfigRequest, GetLayeredConfigRequest__Output as _temper_agent_v1_GetLayeredConfigRequest__Output } from '../../../temper/agent/v1/GetLayeredConfigRequest.ts';
import type { GetLayeredConfigResponse as _temper_agent_v1_GetLayeredConfigResponse, GetLayeredConfigResponse__Output as _temper_agent_v1_GetLayeredConfigResponse__Output } from '../../../temper/agent/v1/GetLayeredConfigResponse.ts';
import type { GetStatusRequest as _temper_agent_v1_GetStatusRequest, GetStatusRequest__Output as _temper_agent_v1_GetStatusRequest__Output } from '../../../temper/agent/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _temper_agent_v1_GetStatusResponse, GetStatusResponse__Output as _temper_agent_v1_GetStatusResponse__Output } from '../../../temper/agent/v1/GetStatusResponse.ts';
import type { ReloadSchedulerRequest as _temper_agent_v1_ReloadSchedulerRequest, ReloadSchedulerRequest__Output as _temper_agent_v1_ReloadSchedulerRequest__Output } from '../../../temper/agent/v1/ReloadSchedulerRequest.ts';
import type { ReloadSchedulerResponse as _temper_agent_v1_ReloadSchedulerResponse, ReloadSchedulerResponse__Output as _temper_agent_v1_ReloadSchedulerResponse__Output } from '../../../temper/agent/v1/ReloadSchedulerResponse.ts';
import type { SetQosRequest as _temper_agent_v1_SetQosRequest, SetQosRequest__Output as _temper_agent_v1_SetQosRequest__Output } from '../../../temper/agent/v1/SetQosRequest.ts';
import type { SetQosResponse as _temper_agent_v1_SetQosResponse, SetQosResponse__Output as _temper_agent_v1_SetQosResponse__Output } from '../../../temper/agent/v1/SetQosResponse.ts';
import type { SetSafeModeRequest as _temper_agent_v1_SetSafeModeRequest, SetSafeModeRequest__Output as _temper_agent_v1_SetSafeModeRequest__Output } from '../../../temper/agent/v1/SetSafeModeRequest.ts';
import type { SetSafeModeResponse as _temper_agent_v1_SetSafeModeResponse, SetSafeModeResponse__Output as _temper_agent_v1_SetSafeModeResponse__Output } from '../../../temper/agent/v1/SetSafeModeResponse.ts';

export interface AgentClient extends grpc.Client {
  CaptureTrace(argument: _temper_agent_v1_CaptureTraceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_temper_agent_v1_CaptureTraceResponse__Output>;
  CaptureTrace(argument: _temper_agent_v1_CaptureTraceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_temper_agent_v1_CaptureTraceResponse__Output>;
  captureTrace(argument: _temper_agent_v1_CaptureTraceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_temper_agent_v1_CaptureTraceResponse__Output>;
  captureTrace(argument: _temper_agent_v1_CaptureTraceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_temper_agent_v1_CaptureTraceResponse__Output>;

  ClearQos(argument: _temper_agent_v1_ClearQosRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  ClearQos(argument: _temper_agent_v1_ClearQosRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  ClearQos(argument: _temper_agent_v1_ClearQosRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  ClearQos(argument: _temper_agent_v1_ClearQosRequest, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  clearQos(argument: _temper_agent_v1_ClearQosRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  clearQos(argument: _temper_agent_v1_ClearQosRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  clearQos(argument: _temper_agent_v1_ClearQosRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;
  clearQos(argument: _temper_agent_v1_ClearQosRequest, callback: grpc.requestCallback<_temper_agent_v1_ClearQosResponse__Output>): grpc.ClientUnaryCall;

  Explain(argument: _temper_agent_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _temper_agent_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _temper_agent_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _temper_agent_v1_ExplainRequest, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _temper_agent_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _temper_agent_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _temper_agent_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _temper_agent_v1_ExplainRequest, callback: grpc.requestCallback<_temper_agent_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;

  GetLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  GetLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  GetLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  GetLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  getLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  getLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  getLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;
  getLayeredConfig(argument: _temper_agent_v1_GetLayeredConfigRequest, callback: grpc.requestCallback<_temper_agent_v1_GetLayeredConfigResponse__Output>): grpc.ClientUnaryCall;

  GetStatus(argument: _temper_agent_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _temper_agent_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _temper_agent_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _temper_agent_v1_GetStatusRequest, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _temper_agent_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _temper_agent_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _temper_agent_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _temper_agent_v1_GetStatusRequest, callback: grpc.requestCallback<_temper_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;

  ReloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  ReloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  ReloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  ReloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  reloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  reloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  reloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;
  reloadScheduler(argument: _temper_agent_v1_ReloadSchedulerRequest, callback: grpc.requestCallback<_temper_agent_v1_ReloadSchedulerResponse__Output>): grpc.ClientUnaryCall;

  SetQos(argument: _temper_agent_v1_SetQosRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  SetQos(argument: _temper_agent_v1_SetQosRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  SetQos(argument: _temper_agent_v1_SetQosRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  SetQos(argument: _temper_agent_v1_SetQosRequest, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  setQos(argument: _temper_agent_v1_SetQosRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  setQos(argument: _temper_agent_v1_SetQosRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  setQos(argument: _temper_agent_v1_SetQosRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;
  setQos(argument: _temper_agent_v1_SetQosRequest, callback: grpc.requestCallback<_temper_agent_v1_SetQosResponse__Output>): grpc.ClientUnaryCall;

  SetSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  SetSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  SetSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  SetSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  setSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  setSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  setSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;
  setSafeMode(argument: _temper_agent_v1_SetSafeModeRequest, callback: grpc.requestCallback<_temper_agent_v1_SetSafeModeResponse__Output>): grpc.ClientUnaryCall;

}

export interface AgentHandlers extends grpc.UntypedServiceImplementation {
  CaptureTrace: grpc.handleServerStreamingCall<_temper_agent_v1_CaptureTraceRequest__Output, _temper_agent_v1_CaptureTraceResponse>;

  ClearQos: grpc.handleUnaryCall<_temper_agent_v1_ClearQosRequest__Output, _temper_agent_v1_ClearQosResponse>;

  Explain: grpc.handleUnaryCall<_temper_agent_v1_ExplainRequest__Output, _temper_agent_v1_ExplainResponse>;

  GetLayeredConfig: grpc.handleUnaryCall<_temper_agent_v1_GetLayeredConfigRequest__Output, _temper_agent_v1_GetLayeredConfigResponse>;

  GetStatus: grpc.handleUnaryCall<_temper_agent_v1_GetStatusRequest__Output, _temper_agent_v1_GetStatusResponse>;

  ReloadScheduler: grpc.handleUnaryCall<_temper_agent_v1_ReloadSchedulerRequest__Output, _temper_agent_v1_ReloadSchedulerResponse>;

  SetQos: grpc.handleUnaryCall<_temper_agent_v1_SetQosRequest__Output, _temper_agent_v1_SetQosResponse>;

  SetSafeMode: grpc.handleUnaryCall<_temper_agent_v1_SetSafeModeRequest__Output, _temper_agent_v1_SetSafeModeResponse>;

}

export interface AgentDefinition extends grpc.ServiceDefinition {
  CaptureTrace: MethodDefinition<_temper_agent_v1_CaptureTraceRequest, _temper_agent_v1_CaptureTraceResponse, _temper_agent_v1_CaptureTraceRequest__Output, _temper_agent_v1_CaptureTraceResponse__Output>
  ClearQos: MethodDefinition<_temper_agent_v1_ClearQosRequest, _temper_agent_v1_ClearQosResponse, _temper_agent_v1_ClearQosRequest__Output, _temper_agent_v1_ClearQosResponse__Output>
  Explain: MethodDefinition<_temper_agent_v1_ExplainRequest, _temper_agent_v1_ExplainResponse, _temper_agent_v1_ExplainRequest__Output, _temper_agent_v1_ExplainResponse__Output>
  GetLayeredConfig: MethodDefinition<_temper_agent_v1_GetLayeredConfigRequest, _temper_agent_v1_GetLayeredConfigResponse, _temper_agent_v1_GetLayeredConfigRequest__Output, _temper_agent_v1_GetLayeredConfigResponse__Output>
  GetStatus: MethodDefinition<_temper_agent_v1_GetStatusRequest, _temper_agent_v1_GetStatusResponse, _temper_agent_v1_GetStatusRequest__Output, _temper_agent_v1_GetStatusResponse__Output>
  ReloadScheduler: MethodDefinition<_temper_agent_v1_ReloadSchedulerRequest, _temper_agent_v1_ReloadSchedulerResponse, _temper_agent_v1_ReloadSchedulerRequest__Output, _temper_agent_v1_ReloadSchedulerResponse__Output>
  SetQos: MethodDefinition<_temper_agent_v1_SetQosRequest, _temper_agent_v1_SetQosResponse, _temper_agent_v1_SetQosRequest__Output, _temper_agent_v1_SetQosResponse__Output>
  SetSafeMode: MethodDefinition<_temper_agent_v1_SetSafeModeRequest, _temper_agent_v1_SetSafeModeResponse, _temper_agent_v1_SetSafeModeRequest__Output, _temper_agent_v1_SetSafeModeResponse__Output>
}
