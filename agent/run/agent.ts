import type { ReloadNews } from '../../src/config/reload.ts';
import type { KubeSender, KubeTransport } from '../../src/kube/transport.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import type { AgentConfig } from '../config/settings.ts';

export interface AgentDeps {
  readonly config: AgentConfig;
  readonly transport: KubeTransport & KubeSender;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Of this process: PATH and what names its own pod. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Agent {
  /** Of the two listeners. */
  readonly ports: { readonly http: number; readonly grpc: number };
  /** Takes up settings that may change at run time, at the next turn. */
  configure(config: AgentConfig): void;
  /** Hears how the settings in force differ from their file. */
  told(news: ReloadNews): void;
  /** Leaves the node on the stock scheduler, says so, and ends. */
  stop(): Promise<void>;
}
