import { type Config, loadConfig } from '../../src/service/config/settings.ts';

/** The default configuration with both parts on and every port free, changed by flags. */
export function serviceConfig(flags: Readonly<Record<string, string>> = {}): Config {
  const free = Object.fromEntries(
    ['server-port', 'server-loopback-port', 'server-metrics-port', 'server-explain-port'].map((name) => [name, '0']),
  );
  const base = { 'webhook-enabled': 'true', 'extender-enabled': 'true', 'server-host': '127.0.0.1' };
  return loadConfig({ environment: {}, flags: { ...base, ...free, ...flags } });
}
