import { z } from 'zod';
import { createLoader } from '../../src/config/load.ts';
import { type ConfigOf, live, type SettingTable, setting } from '../../src/config/setting.ts';
import { checkThresholds, KUBE_SETTINGS, LOG_SETTINGS, PORT, port, TIER_SETTINGS } from '../../src/config/shared.ts';
import { TemperError } from '../../src/model/errors.ts';

const text = z.string();
const MS = 'milliseconds';
const ms = (least: number, most: number) => z.int().min(least).max(most);

/** Every setting of the agent. */
export const SETTINGS = {
  ...KUBE_SETTINGS,

  'node.name': setting(text.max(253), '', 'a name', 'The Node this agent runs on; the chart sets it.', 'restart'),
  'node.root': setting(
    text,
    '/',
    'a path',
    "Where the host's /proc, /sys, /boot, /run and /var are found; for tests and unusual mounts.",
    'restart',
  ),

  enforce: setting(
    z.enum(['protected', 'always']),
    'protected',
    'protected or always',
    'protected attaches only while a Critical or High pod is on the node; always keeps the scheduler attached.',
  ),
  limits: setting(
    z.enum(['report', 'ceilings', 'refuse']),
    'report',
    'report, ceilings or refuse',
    'CPU limits are not enforced while attached: report names the pods, ceilings holds them in a layer of their summed limits, refuse keeps a node that has one on stock.',
  ),
  'reserve.cores': setting(
    z.int().min(1).max(512),
    1,
    'a whole number from 1',
    'CPUs that are never fenced: for the host, kubelet and temper itself; rounded up to whole cores.',
  ),
  minimumFactor: setting(
    z.number().gt(0).lte(1),
    0.25,
    'a number above 0, at most 1',
    "The webhook's minimum factor: records of original requests that claim more scaling are not believed.",
  ),

  ...live(TIER_SETTINGS),
  // The Namespace of this name is watched.
  releaseNamespace: TIER_SETTINGS.releaseNamespace,

  'scheduler.binary': setting(
    text.min(1),
    'scx_layered',
    'a path or a name on PATH',
    'The scheduler to run.',
    'restart',
  ),
  'scheduler.startTimeoutMs': setting(
    ms(1_000, 600_000),
    120_000,
    MS,
    'How long a start may take until the scheduler is proven attached.',
    'restart',
  ),
  'scheduler.debounceMs': setting(
    ms(0, 60_000),
    500,
    MS,
    'How long changes that need another process are gathered. What can change while the scheduler runs waits for nothing.',
    'restart',
  ),
  'scheduler.holdMs': setting(
    ms(0, 86_400_000),
    300_000,
    MS,
    'How long to stay attached after the last protected pod has left.',
  ),
  'scheduler.attachesPerHour': setting(
    z.int().min(1).max(3_600),
    12,
    'a whole number from 1',
    'More attaches than this within an hour are put off, so that no tenant can flap a node.',
  ),
  'scheduler.calmMs': setting(
    ms(1_000, 3_600_000),
    60_000,
    MS,
    'After too many threads wanted a CPU: how long there must have been few again before it attaches. Twice as long for each further time within an hour.',
  ),

  'publish.heartbeatMs': setting(
    ms(10_000, 3_600_000),
    300_000,
    MS,
    'The node annotations are written at least this often.',
  ),

  'server.host': setting(text, '0.0.0.0', 'an address', 'Address of the HTTP port.', 'restart'),
  'server.port': setting(port, 9100, PORT, 'HTTP: /metrics, /observe, /healthz, /readyz.', 'restart'),
  'server.grpcPort': setting(port, 9101, PORT, 'gRPC on 127.0.0.1, reached by port-forward.', 'restart'),

  'server.reloadMs': setting(
    ms(100, 3_600_000),
    5_000,
    MS,
    'How often to look whether the configuration file changed.',
    'restart',
  ),

  ...LOG_SETTINGS,
} as const satisfies SettingTable;

export type AgentConfig = ConfigOf<typeof SETTINGS>;

/** The agent's configuration. */
export const loadConfig = createLoader(SETTINGS, checkTogether);

function checkTogether(config: AgentConfig): void {
  checkThresholds(config);
  if (config['node.name'] === '') throw new TemperError('TMP1004', 'node.name must be set (TEMPER_NODE_NAME)');
}
