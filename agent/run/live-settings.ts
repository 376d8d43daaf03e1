import { NO_NEWS, type ReloadNews } from '../../src/config/reload.ts';
import { layerSettings, podPolicy } from '../config/policy.ts';
import type { AgentConfig } from '../config/settings.ts';
import type { LayerSettings } from '../layers/settings.ts';
import type { NodePodsWatch } from '../pods/node-pods.ts';
import { type SettingsNotice, settingsNotices } from '../views/settings-notices.ts';

/** The settings in force, while their file may change. */
export interface LiveSettings {
  readonly config: AgentConfig;
  /** What of them the layers go by: the same object as long as they are in force. */
  readonly layers: LayerSettings;
  /** What people must hear of them. */
  readonly notices: readonly SettingsNotice[];
  configure(config: AgentConfig): void;
  told(news: ReloadNews): void;
}

/**
 * Settings come into force together: attaching by new ones and tiers by old ones would let go of a pod that
 * both protect. So all of them wait until the pods have been read by the newest.
 */
export function createLiveSettings(first: AgentConfig, pods: NodePodsWatch): LiveSettings {
  let wanted = first;
  let inForce = first;
  let layers = layerSettings(first);
  let news = NO_NEWS;
  const follow = (): void => {
    if (pods.isBehind || inForce === wanted) return;
    inForce = wanted;
    layers = layerSettings(wanted);
  };
  return {
    get config() {
      follow();
      return inForce;
    },
    get layers() {
      follow();
      return layers;
    },
    get notices() {
      return settingsNotices(news, pods.isBehind);
    },
    configure(config) {
      wanted = config;
      pods.configure(podPolicy(config));
    },
    told(now) {
      news = now;
    },
  };
}
