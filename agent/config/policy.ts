import { tierPolicy } from '../../src/config/shared.ts';
import { factorOf } from '../../src/model/factor.ts';
import type { PodPolicy } from '../../src/model/pod-view.ts';
import { DEFAULT_LAYER_SETTINGS, type LayerSettings } from '../layers/settings.ts';
import type { AttachSettings } from '../reconcile/situation.ts';
import type { AgentConfig } from './settings.ts';

/** What the rooms take from the configuration. */

export function podPolicy(config: AgentConfig): PodPolicy {
  return { tierPolicy: tierPolicy(config), minimumFactor: factorOf(config.minimumFactor) };
}

export function layerSettings(config: AgentConfig): LayerSettings {
  return { ...DEFAULT_LAYER_SETTINGS, reserve: config['reserve.cores'], limits: config.limits };
}

export function attachSettings(config: AgentConfig): AttachSettings {
  return {
    enforce: config.enforce,
    holdMs: config['scheduler.holdMs'],
    attachesPerHour: config['scheduler.attachesPerHour'],
  };
}
