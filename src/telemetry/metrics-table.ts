/**
 * Every metric that temper exports. Prefix `temper_`, base units, bounded labels; never the name of a
 * pod or a node. docs/reference/metrics.md is held to this table in both directions by a test.
 */
export interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
  readonly buckets?: readonly number[];
}

/** Both routes answer in well under a millisecond; the API server gives up after 2 s, the scheduler after 200 ms. */
const REQUEST_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2] as const;

/** A live update takes milliseconds, an attach about a second, a minute in emulation; a latched node stays so for hours. */
const SCHEDULER_SECONDS = [0.01, 0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200] as const;

export const METRICS = {
  temper_service_info: { type: 'gauge', help: 'Always 1; the version is the label.', labels: ['version'] },
  temper_service_ready: { type: 'gauge', help: '1 while /readyz answers 200.' },
  temper_service_config_reloads_total: {
    type: 'counter',
    help: 'Changes of the configuration file, by what became of them: applied, refused, needs-restart.',
    labels: ['outcome'],
  },
  temper_service_certificate_reloads_total: {
    type: 'counter',
    help: 'Changes of the certificate, by what became of them: applied, refused.',
    labels: ['outcome'],
  },
  temper_service_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the certificate being served expires, seconds since the epoch.',
  },
  temper_service_refused_requests_total: {
    type: 'counter',
    help: 'Requests answered with an error, by the id of docs/reference/errors.md.',
    labels: ['error'],
  },
  temper_agent_info: { type: 'gauge', help: 'Always 1; the version is the label.', labels: ['version'] },
  temper_agent_config_reloads_total: {
    type: 'counter',
    help: 'Changes of the configuration file, by what became of them: applied, refused, needs-restart.',
    labels: ['outcome'],
  },
  temper_agent_calls_total: {
    type: 'counter',
    help: 'gRPC calls answered by the agent, by outcome: ok, or the id of docs/reference/errors.md.',
    labels: ['method', 'outcome'],
  },
  temper_agent_refused_requests_total: {
    type: 'counter',
    help: 'HTTP requests that the agent answered with an error, by the id of docs/reference/errors.md.',
    labels: ['error'],
  },
  temper_webhook_reviews_total: {
    type: 'counter',
    help: 'Admission reviews, by outcome (scaled, unchanged, shadow) and reason.',
    labels: ['outcome', 'reason'],
  },
  temper_webhook_review_duration_seconds: {
    type: 'histogram',
    help: 'Time from the whole body read to the answer, without the network.',
    buckets: REQUEST_SECONDS,
  },
  temper_webhook_cpu_freed_cores_total: {
    type: 'counter',
    help: 'CPU requests taken off pods at admission, in cores; dry runs do not count.',
    labels: ['tier'],
  },
  temper_webhook_workloads_left_unscaled: {
    type: 'gauge',
    help: 'Workloads left unscaled for now, because their scaled pods were refused after us.',
  },
  temper_capacity_debt_cores: {
    type: 'gauge',
    help: 'Original minus scaled requests of the pods that exist now: what would not fit if the webhook went away.',
    labels: ['tier'],
  },
  temper_extender_requests_total: {
    type: 'counter',
    help: 'Calls of the scheduler, by verb (prioritize, filter) and outcome.',
    labels: ['verb', 'outcome'],
  },
  temper_extender_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the whole body read to the answer, without the network.',
    labels: ['verb'],
    buckets: REQUEST_SECONDS,
  },
  temper_extender_nodes: {
    type: 'gauge',
    help: 'Nodes, by what their tier-load annotation is worth: fresh, stale, skewed, unknown-version, invalid, missing.',
    labels: ['freshness'],
  },
  temper_extender_reservations: {
    type: 'gauge',
    help: 'Pods counted on a node before its agent reports them, by state: tentative, firm.',
    labels: ['state'],
  },
  temper_extender_reservations_dropped_total: {
    type: 'counter',
    help: 'Tentative reservations dropped because the store was full.',
  },
  temper_extender_agreement_ratio: {
    type: 'gauge',
    help: 'Of the latest pods scored and bound, the share that went to a node of the highest score.',
  },
  temper_extender_agreement_by_chance_ratio: {
    type: 'gauge',
    help: 'The agreement that a scheduler deaf to the extender would show for the same pods.',
  },
  temper_extender_bound_pods_total: {
    type: 'counter',
    help: 'Pods seen bound, by whether prioritize was asked for them: yes, no.',
    labels: ['asked'],
  },
  temper_gate: {
    type: 'gauge',
    help: "0 where a check of the node's gate fails, so that the node stays on stock; 1 where it passes or warns.",
    labels: ['check'],
  },
  temper_agent_status: {
    type: 'gauge',
    help: "1 for the word of the agent's status, 0 for each other.",
    labels: ['status'],
  },
  temper_safe_mode: {
    type: 'gauge',
    help: '1 while safe mode holds, whatever asks for it; also until its sources have been read.',
  },
  temper_safe_mode_source: {
    type: 'gauge',
    help: '1 for each source of safe mode that holds, 0 for the others.',
    labels: ['source'],
  },
  temper_config_generation: {
    type: 'gauge',
    help: "Changes of the layers that were applied; it goes on from what the Node's annotation says.",
  },
  temper_tier_pods: {
    type: 'gauge',
    help: 'Pods of the node; system pods count as `system`.',
    labels: ['tier'],
  },
  temper_tier_cpu_request_cores: {
    type: 'gauge',
    help: 'CPU requests of the pods of the node before scaling.',
    labels: ['tier'],
  },
  temper_agent_patches_total: {
    type: 'counter',
    help: "Patches of the node's annotations, by outcome: ok, conflict, forbidden, gone, rejected, unavailable.",
    labels: ['outcome'],
  },
  temper_agent_events_total: {
    type: 'counter',
    help: 'Events written, by outcome as with patches; dropped where there was no room or too much time had passed.',
    labels: ['outcome'],
  },
  temper_scheduler_attached: { type: 'gauge', help: '1 while our scheduler is attached and proven.' },
  temper_scheduler_updates_total: {
    type: 'counter',
    help: 'Configs brought into force, by how (live, handover, restart) and what for.',
    labels: ['kind', 'cause'],
  },
  temper_scheduler_update_duration_seconds: {
    type: 'histogram',
    help: 'Time from the first change of a batch, or the loss of enforcement, to the config in force and proven.',
    labels: ['kind'],
    buckets: SCHEDULER_SECONDS,
  },
  temper_scheduler_repairs_total: {
    type: 'counter',
    help: 'What the running scheduler was found to have otherwise than told, and was set right: entries of members, and layers.',
    labels: ['what'],
  },
  temper_stock_gap_seconds: {
    type: 'histogram',
    help: 'Each stretch without our scheduler while it should be there.',
    buckets: SCHEDULER_SECONDS,
  },
  temper_scheduler_exits_total: {
    type: 'counter',
    help: 'Ends of enforcement, and starts that did not come to it, by class.',
    labels: ['class'],
  },
  temper_watch_restarts_total: {
    type: 'counter',
    help: 'Lists and watches begun again, by reason.',
    labels: ['resource', 'reason'],
  },
  temper_watch_last_event_age_seconds: {
    type: 'gauge',
    help: 'Time since the API server last sent anything for this resource.',
    labels: ['resource'],
  },
  temper_watch_objects: { type: 'gauge', help: 'Objects known.', labels: ['resource'] },
  temper_watch_unreadable_total: {
    type: 'counter',
    help: 'Objects that were not understood and are treated as absent.',
    labels: ['resource'],
  },
  temper_cgroup_scans_total: {
    type: 'counter',
    help: 'Scans of the cgroup tree and looks at single pods in it, by cause: start, hint (inotify), interval, settling (a pod without containers), asked.',
    labels: ['cause'],
  },
  temper_cgroup_scan_failures_total: {
    type: 'counter',
    help: 'Scans of the cgroup tree that could not be made; the tree known before stays in force.',
  },
  temper_cgroup_hints_lost_total: {
    type: 'counter',
    help: 'Scans at the interval that found pods come or gone without a hint from inotify.',
  },
  temper_cgroup_watch_failures_total: {
    type: 'counter',
    help: 'Directories of the cgroup tree that could not be watched, or no longer.',
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof METRICS;
