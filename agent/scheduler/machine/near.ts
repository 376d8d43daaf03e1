import type { SchedulerConfig } from '../scheduler.ts';
import type { Child } from './state.ts';

/** Whether a process has the config already, or can take it while it runs. */
export function canTakeLive({ config, takesNumbers }: Pick<Child, 'config' | 'takesNumbers'>, to: SchedulerConfig) {
  if (config.hash === to.hash) return true;
  if (config.members === null || to.members === null || config.shape !== to.shape) return false;
  return takesNumbers !== false || JSON.stringify(config.layers) === JSON.stringify(to.layers);
}
