import { SETTINGS as AGENT_SETTINGS } from '../../agent/config/settings.ts';
import { environmentName, flagName, type SettingTable } from '../../src/config/setting.ts';
import { ERRORS } from '../../src/model/errors.ts';
import { SETTINGS as SERVICE_SETTINGS } from '../../src/service/config/settings.ts';
import { METRICS, type MetricEntry } from '../../src/telemetry/metrics-table.ts';
import { REASONS } from '../../webhooks/reasons.ts';
import { dashboards } from '../chart/dashboards.ts';
import { chartReadme } from '../chart/readme.ts';
import { valuesSchema } from '../chart/values.ts';

/** The pages of docs/reference/, and the chart's files, that follow from a table in the code. `npm run docs` writes them; a test compares. */

const WRITTEN = '<!-- Written by `npm run docs` from the table in the code. -->';

const page = (title: string, intro: string, body: readonly string[]): string =>
  `${[`# ${title}`, WRITTEN, intro, ...body].join('\n\n')}\n`;

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function errors(): string {
  const body = Object.entries(ERRORS).map(
    ([id, { title, cause, remedy }]) => `## ${id}: ${title}\n\n**Cause.** ${cause}\n\n**Remedy.** ${remedy}`,
  );
  return page('Errors', 'Every error that a user can meet, by its id. Ids never change their meaning.', body);
}

function metrics(): string {
  const rows = Object.entries<MetricEntry>(METRICS).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    (labels ?? []).map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  const intro =
    'Served at `/metrics` of the metrics port. Units are base units (seconds, cores, bytes). Labels are bounded: no metric ' +
    "carries the name of a pod or a node. The process's own CPU, memory and event loop are exported beside these under their " +
    'usual `process_` and `nodejs_` names; the agent leaves out the event loop and most of `nodejs_`. A part that is off exports nothing.';
  return page('Metrics', intro, [table(['Metric', 'Type', 'Labels', 'Meaning'], rows)]);
}

const SOURCES =
  'reads one YAML file (`--config`, `TEMPER_CONFIG`), environment variables and flags; flags win over the ' +
  'environment, the environment over the file. A dotted name is a nested key in the file: `kube.context` is the key `context` ' +
  'under `kube`. An unknown key is refused, with the nearest known one named.';

function configuration(title: string, intro: string, settings: SettingTable): string {
  const rows = Object.entries(settings).map(([name, { default: fallback, help, values, restart }]) => {
    return [`\`${name}\``, values, `\`${JSON.stringify(fallback)}\``, restart ? 'at start' : 'live', help];
  });
  const names = Object.keys(settings).map((name) => [
    `\`${name}\``,
    `\`--${flagName(name)}\``,
    `\`${environmentName(name)}\``,
  ]);
  return page(title, intro, [
    table(['Setting', 'Values', 'Default', 'Taken up', 'Meaning'], rows),
    '## Flags and environment variables',
    table(['Setting', 'Flag', 'Environment variable'], names),
  ]);
}

const RELOAD =
  'The file is looked at every `server.reloadMs` and on SIGHUP: settings marked *live* are ' +
  'taken up at once, the others at the next start, and a file that is not valid changes nothing.';

function serviceConfiguration(): string {
  return configuration('Configuration of the service', `The service ${SOURCES} ${RELOAD}`, SERVICE_SETTINGS);
}

function agentConfiguration(): string {
  const intro =
    `The agent ${SOURCES} ${RELOAD} \`temper-cli status\` tells of both. Where the change concerns how pods become tiers they are ` +
    'listed anew, and until that is done, also while the API server is away, all settings before hold. Give the service the same, which takes it up at its next start.';
  return configuration('Configuration of the agent', intro, AGENT_SETTINGS);
}

function reasons(): string {
  const rows = Object.entries(REASONS).map(([id, text]) => [`\`${id}\``, text]);
  const intro =
    'Why the webhook scaled a pod or left it alone. The same id is the label `reason` of `temper_webhook_reviews_total`, the ' +
    'field `reason` of the log, the audit annotation `reason` and the answer of `explain`.';
  return page('Reasons of the webhook', intro, [table(['Reason', 'Meaning'], rows)]);
}

export const PAGES: ReadonlyMap<string, () => string> = new Map([
  ['docs/reference/errors.md', errors],
  ['docs/reference/metrics.md', metrics],
  ['docs/reference/configuration.md', serviceConfiguration],
  ['docs/reference/agent-configuration.md', agentConfiguration],
  ['docs/reference/reasons.md', reasons],
  ['charts/temper/README.md', chartReadme],
  ['charts/temper/values.schema.json', valuesSchema],
  ...dashboards(),
]);
