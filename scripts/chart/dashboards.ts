/** The chart's Grafana dashboards, from a table of panels. */

interface Panel {
  readonly title: string;
  /** What a person is to make of it. */
  readonly help: string;
  readonly unit: 'short' | 's' | 'percentunit' | 'ops' | 'none' | 'cores';
  /** Query and legend. */
  readonly queries: ReadonlyArray<readonly [expr: string, legend: string]>;
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const by = (metric: string, labels: string): string => `sum by (${labels}) (${metric})`;

const AGENTS: Dashboard = {
  uid: 'temper-agents',
  title: 'temper: nodes',
  panels: [
    {
      title: 'Nodes by status',
      help: 'degraded and unsupported nodes are on the stock scheduler; the annotation agent-status says why.',
      unit: 'short',
      queries: [[by('temper_agent_status', 'status'), '{{status}}']],
    },
    {
      title: 'Nodes with our scheduler attached',
      help: 'Attached only where a Critical or High pod runs.',
      unit: 'short',
      queries: [
        ['sum(temper_scheduler_attached)', 'attached'],
        ['count(temper_scheduler_attached)', 'agents'],
      ],
    },
    {
      title: 'Safe mode',
      help: 'Nodes that somebody keeps on the stock scheduler, by who asked.',
      unit: 'short',
      queries: [
        ['sum(temper_safe_mode)', 'in safe mode'],
        [by('temper_safe_mode_source', 'source'), '{{source}}'],
      ],
    },
    {
      title: 'Checks that fail',
      help: 'Nodes that cannot enforce, by check.',
      unit: 'short',
      queries: [['count by (check) (temper_gate == 0)', '{{check}}']],
    },
    {
      title: 'Time on the stock scheduler',
      help: 'Share of time without our scheduler while it should be there, by node.',
      unit: 'percentunit',
      queries: [['topk(10, rate(temper_stock_gap_seconds_sum[15m]))', '{{node}}']],
    },
    {
      title: 'Ends of enforcement',
      help: 'Also starts that did not come to it, by class, within an hour.',
      unit: 'short',
      queries: [['sum by (class) (increase(temper_scheduler_exits_total[1h]))', '{{class}}']],
    },
    {
      title: 'Configs brought into force',
      help: 'live costs nothing, a handover milliseconds, a restart seconds on stock.',
      unit: 'ops',
      queries: [['sum by (kind, cause) (rate(temper_scheduler_updates_total[5m]))', '{{kind}}: {{cause}}']],
    },
    {
      title: 'From a change to the config in force, p99',
      help: 'By how it was brought into force.',
      unit: 's',
      queries: [
        [
          'histogram_quantile(0.99, sum by (le, kind) (rate(temper_scheduler_update_duration_seconds_bucket[15m])))',
          '{{kind}}',
        ],
      ],
    },
    {
      title: 'Pods by tier',
      help: 'system pods are no tier that users can pick.',
      unit: 'short',
      queries: [[by('temper_tier_pods', 'tier'), '{{tier}}']],
    },
    {
      title: 'CPU requests by tier, before scaling',
      help: 'Cores.',
      unit: 'cores',
      queries: [[by('temper_tier_cpu_request_cores', 'tier'), '{{tier}}']],
    },
    {
      title: 'Changes of the layers',
      help: 'Within 15 minutes, the ten busiest nodes. Rapid churn means that pods come and go, or change their tier.',
      unit: 'short',
      queries: [['topk(10, delta(temper_config_generation[15m]))', '{{node}}']],
    },
    {
      title: 'Writes of Nodes',
      help: 'What the agents cost the API server, by outcome.',
      unit: 'ops',
      queries: [[`sum by (outcome) (rate(temper_agent_patches_total[5m]))`, '{{outcome}}']],
    },
  ],
};

const SERVICE: Dashboard = {
  uid: 'temper-service',
  title: 'temper: admission and placement',
  panels: [
    {
      title: 'Admission reviews',
      help: 'By outcome.',
      unit: 'ops',
      queries: [['sum by (outcome) (rate(temper_webhook_reviews_total[5m]))', '{{outcome}}']],
    },
    {
      title: 'Why pods are left alone',
      help: 'docs/reference/reasons.md has the reasons.',
      unit: 'ops',
      queries: [['sum by (reason) (rate(temper_webhook_reviews_total{outcome="unchanged"}[5m]))', '{{reason}}']],
    },
    {
      title: 'Time of a review',
      help: 'Without the network.',
      unit: 's',
      queries: [
        ['histogram_quantile(0.5, sum by (le) (rate(temper_webhook_review_duration_seconds_bucket[5m])))', 'p50'],
        ['histogram_quantile(0.99, sum by (le) (rate(temper_webhook_review_duration_seconds_bucket[5m])))', 'p99'],
      ],
    },
    {
      title: 'Capacity debt',
      help: 'What would not fit if the webhook went away, cores. Look at it before you uninstall.',
      unit: 'cores',
      queries: [['max by (tier) (temper_capacity_debt_cores)', '{{tier}}']],
    },
    {
      title: 'Calls of schedulers',
      help: 'By verb and outcome.',
      unit: 'ops',
      queries: [['sum by (verb, outcome) (rate(temper_extender_requests_total[5m]))', '{{verb}}: {{outcome}}']],
    },
    {
      title: 'Time of a call, p99',
      help: 'Without the network.',
      unit: 's',
      queries: [
        [
          'histogram_quantile(0.99, sum by (le, verb) (rate(temper_extender_request_duration_seconds_bucket[5m])))',
          '{{verb}}',
        ],
      ],
    },
    {
      title: 'Does the scheduler listen?',
      help: 'The share of pods on a node of the highest score, beside what a deaf scheduler would show.',
      unit: 'percentunit',
      queries: [
        ['temper_extender_agreement_ratio', '{{pod}}'],
        ['temper_extender_agreement_by_chance_ratio', '{{pod}} by chance'],
      ],
    },
    {
      title: 'What is known of nodes',
      help: 'fresh, or why not.',
      unit: 'short',
      queries: [['max by (freshness) (temper_extender_nodes)', '{{freshness}}']],
    },
    {
      title: 'Certificate: time left',
      help: 'It is renewed at two thirds of its life.',
      unit: 's',
      queries: [['temper_service_certificate_expiry_timestamp_seconds - time()', '{{pod}}']],
    },
    {
      title: 'Refused requests',
      help: 'docs/reference/errors.md has the ids.',
      unit: 'ops',
      queries: [['sum by (error) (rate(temper_service_refused_requests_total[5m]))', '{{error}}']],
    },
  ],
};

const UNITS: Partial<Record<Panel['unit'], string>> = { cores: 'short' };
const WIDTH = 12;
const HEIGHT = 8;

function render({ uid, title, panels }: Dashboard): string {
  const datasource = { type: 'prometheus', uid: `\${datasource}` };
  const document = {
    uid,
    title,
    tags: ['temper'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: 'timeseries',
      title: panel.title,
      description: panel.help,
      datasource,
      gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit: UNITS[panel.unit] ?? panel.unit, min: 0 }, overrides: [] },
      targets: panel.queries.map(([expr, legendFormat], query) => ({
        refId: String.fromCharCode(65 + query),
        expr,
        legendFormat,
        datasource,
      })),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Path and text of each. */
export function dashboards(): Array<[string, () => string]> {
  return [
    ['charts/temper/dashboards/nodes.json', () => render(AGENTS)],
    ['charts/temper/dashboards/service.json', () => render(SERVICE)],
  ];
}
