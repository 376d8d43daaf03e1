/** Names of the labels and annotations that temper reads and writes: docs/reference/keys.md. */

/** Namespace label: `enabled` opts the namespace into request overcommit. Pod label: `disabled` opts one pod out. */
export const OVERCOMMIT = 'temper.codes/overcommit';

/** Namespace annotation: a decimal in (0, 1] that replaces the tier's factor in this namespace. */
export const OVERCOMMIT_FACTOR = 'temper.codes/overcommit-factor';

/** Namespace label: `allowed` lets the chart's tier guard pass Critical and High pods here. Read by the API server alone. */
export const PROTECTED_TIERS = 'temper.codes/protected-tiers';

/** Pod annotation: what each container asked for before the webhook scaled it. */
export const ORIGINAL_REQUESTS = 'temper.codes/original-requests';

/** Pod annotation: the workload profile to use, e.g. `mysql-innodb`; `none` disables detection. */
export const WORKLOAD_PROFILE = 'temper.codes/workload-profile';

/** Node annotation, written by people and the controller: `true` keeps the node on the stock scheduler. */
export const SAFE_MODE_REQUESTED = 'temper.codes/safe-mode-requested';

/** Node label: `disabled` keeps the node on the stock scheduler. */
export const ENFORCE = 'temper.codes/enforce';

/** Node annotation, written by the agent: load per tier and whether the node can protect. */
export const TIER_LOAD = 'temper.codes/tier-load';

/** Node annotation, written by the agent: `WORD` or `WORD: reason`. */
export const AGENT_STATUS = 'temper.codes/agent-status';

/** Node annotation, written by the agent: an integer, one more for each applied change of the layers. */
export const CONFIG_GENERATION = 'temper.codes/config-generation';

/** Node annotation, written by the agent: pod uid to tier, as `temper-cli qos set` asked for. */
export const QOS_OVERRIDES = 'temper.codes/qos-overrides';

/** Node annotation, written by the agent: `<product version>+scx.<scheduler version>`. */
export const AGENT_VERSION = 'temper.codes/agent-version';

/** Kubernetes' own labels of where a node is. */
export const TOPOLOGY_HOSTNAME = 'kubernetes.io/hostname';
export const TOPOLOGY_ZONE = 'topology.kubernetes.io/zone';

/** Kubernetes' own keys that decide how a pod is treated. */
export const MIRROR_POD = 'kubernetes.io/config.mirror';
/** What kubelet names a static pod's cgroup by. */
export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_SOURCE = 'kubernetes.io/config.source';
export const POD_TEMPLATE_HASH = 'pod-template-hash';
/** Argo Rollouts names its ReplicaSets like Deployments do, under a label of its own. */
export const ROLLOUTS_POD_TEMPLATE_HASH = 'rollouts-pod-template-hash';
/** Left by the Vertical Pod Autoscaler's admission controller on each pod it changed. */
export const VPA_UPDATES = 'vpaUpdates';
