/**
 * The kinds of workloads that arrive, as a platform team would meet them. Shares and sizes are
 * assumptions, and the report says so; nothing here knows what temper will make of them.
 */
export interface Template {
  readonly name: string;
  readonly namespace: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'Job';
  /** Share of the workloads. */
  readonly weight: number;
  /** Absent: no PriorityClass, as most pods of most clusters. */
  readonly priorityClassName?: string;
  readonly replicas: readonly [number, number];
  /** CPU that one pod really uses, cores. */
  readonly use: readonly [number, number];
  /** Share of the workloads whose pods have it. */
  readonly sidecar?: number;
  readonly init?: number;
  /** A HorizontalPodAutoscaler on CPU utilization. */
  readonly hpa?: number;
  /** Requests equal limits, for CPU and memory. */
  readonly guaranteed?: number;
  /** A CPU limit above the request. */
  readonly limited?: number;
  /** No request of its own: a LimitRange of the namespace fills it in, or nothing does. */
  readonly unsized?: number;
  /** Labelled to stay as it is. */
  readonly optedOut?: number;
}

export const TEMPLATES: readonly Template[] = [
  {
    name: 'checkout',
    namespace: 'shop',
    kind: 'Deployment',
    weight: 4,
    priorityClassName: 'temper-critical',
    replicas: [2, 4],
    use: [0.2, 0.7],
    sidecar: 0.5,
    guaranteed: 0.3,
  },
  {
    name: 'cache',
    namespace: 'data',
    kind: 'StatefulSet',
    weight: 2,
    priorityClassName: 'temper-critical',
    replicas: [1, 3],
    use: [0.2, 0.6],
    guaranteed: 0.5,
    limited: 1,
  },
  {
    name: 'frontend',
    namespace: 'shop',
    kind: 'Deployment',
    weight: 10,
    priorityClassName: 'temper-high',
    replicas: [2, 6],
    use: [0.05, 0.4],
    sidecar: 0.6,
    hpa: 0.3,
    limited: 0.5,
  },
  {
    name: 'database',
    namespace: 'data',
    kind: 'StatefulSet',
    weight: 5,
    priorityClassName: 'temper-high',
    replicas: [1, 3],
    use: [0.3, 0.9],
    guaranteed: 0.5,
    limited: 1,
  },
  {
    name: 'api',
    namespace: 'shop',
    kind: 'Deployment',
    weight: 28,
    replicas: [2, 6],
    use: [0.03, 0.3],
    sidecar: 0.4,
    hpa: 0.2,
    limited: 0.6,
    init: 0.2,
    optedOut: 0.03,
  },
  {
    name: 'consumer',
    namespace: 'data',
    kind: 'Deployment',
    weight: 10,
    replicas: [1, 5],
    use: [0.05, 0.4],
    limited: 1,
  },
  { name: 'tool', namespace: 'team', kind: 'Deployment', weight: 9, replicas: [1, 2], use: [0.01, 0.1], unsized: 0.6 },
  {
    name: 'legacy',
    namespace: 'legacy',
    kind: 'Deployment',
    weight: 8,
    replicas: [1, 4],
    use: [0.05, 0.5],
    limited: 0.5,
  },
  {
    name: 'indexer',
    namespace: 'shop',
    kind: 'Deployment',
    weight: 8,
    priorityClassName: 'temper-low',
    replicas: [1, 4],
    use: [0.1, 0.5],
    limited: 0.4,
  },
  {
    name: 'report',
    namespace: 'batch',
    kind: 'Job',
    weight: 8,
    priorityClassName: 'temper-background',
    replicas: [1, 8],
    use: [0.1, 0.7],
    init: 0.4,
  },
  {
    name: 'training',
    namespace: 'batch',
    kind: 'Job',
    weight: 3,
    priorityClassName: 'temper-background',
    replicas: [1, 4],
    use: [0.5, 1],
  },
  { name: 'cleanup', namespace: 'batch', kind: 'Job', weight: 5, replicas: [1, 2], use: [0.01, 0.1], unsized: 1 },
];

/** The namespaces of the templates. `legacy` has not opted in. */
export const NAMESPACES = [
  { name: 'shop', optedIn: true },
  { name: 'data', optedIn: true },
  { name: 'team', optedIn: true },
  { name: 'batch', optedIn: true },
  { name: 'legacy', optedIn: false },
] as const;

/** Rules that cluster owners set: defaults for pods without a request, and how far apart request and limit may be. */
export const LIMIT_RANGES = [
  {
    metadata: { name: 'defaults', namespace: 'team' },
    spec: {
      limits: [{ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m' }, min: { cpu: '20m' } }],
    },
  },
  {
    metadata: { name: 'ratio', namespace: 'data' },
    spec: {
      limits: [
        { type: 'Container', maxLimitRequestRatio: { cpu: '4' } },
        { type: 'Pod', min: { cpu: '50m' } },
      ],
    },
  },
] as const;
