/**
 * Every error that a user can meet: a stable id, what causes it, what to do. The page
 * docs/reference/errors.md is held to this table in both directions by a test.
 */
export interface ErrorEntry {
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

export const ERRORS = {
  TMP1001: {
    title: 'configuration file not readable',
    cause: 'The file given by --config or TEMPER_CONFIG does not exist or may not be read.',
    remedy: 'Check the path and the rights; in a pod, check that the ConfigMap is mounted.',
  },
  TMP1002: {
    title: 'configuration file is not YAML',
    cause: 'The file is not valid YAML (JSON is YAML too), or is not a mapping.',
    remedy: 'Mend the line that the message names.',
  },
  TMP1003: {
    title: 'unknown configuration key',
    cause:
      "A key in the file, the environment or the flags is none of temper's; a typing error would otherwise be silent.",
    remedy: 'Use the key that the message suggests, or see docs/reference/configuration.md.',
  },
  TMP1004: {
    title: 'configuration value not valid',
    cause: 'A value has the wrong type or is out of its range.',
    remedy: 'Give a value as the message says; docs/reference/configuration.md has the ranges.',
  },
  TMP1005: {
    title: 'new configuration refused',
    cause: 'The configuration file changed while temper runs, and the new text is not valid.',
    remedy: 'Mend the file; temper goes on with the configuration it had.',
  },
  TMP1006: {
    title: 'configuration change needs a restart',
    cause: 'A key that is read only at start changed in the file.',
    remedy:
      'Restart the service (a rollout restart loses no request) or the agent (a moment on the stock scheduler on each node); all other keys are in force already.',
  },
  TMP1101: {
    title: 'certificate or key not usable',
    cause: 'A file of the serving certificate is missing, is not PEM, or the key does not belong to the certificate.',
    remedy: 'Check webhook certificates (cert-manager: kubectl describe certificate); at start the service exits.',
  },
  TMP1102: {
    title: 'new certificate refused',
    cause: 'The certificate files changed, and the new pair is not usable.',
    remedy: 'Renew the pair; the service goes on serving the certificate it had until that expires.',
  },
  TMP1103: {
    title: 'certificate not issued or not published',
    cause:
      'With `server.tls.self` the service keeps its certificate in a Secret and puts its CA into the MutatingWebhookConfiguration; it could not read or write one of them.',
    remedy:
      'Check the Role of docs/reference/rbac.md and that both objects exist. What is served stays in force until it expires; it is tried again every few seconds.',
  },
  TMP1201: {
    title: 'cannot listen',
    cause: 'The address is in use, or the process may not bind it.',
    remedy: 'Free the port or change it under `server`.',
  },
  TMP2001: {
    title: 'body is not JSON',
    cause: 'The request body is empty, truncated, not UTF-8 or not JSON.',
    remedy: 'Send the whole body as application/json in UTF-8.',
  },
  TMP2002: {
    title: 'body too large',
    cause: 'The request body is above `server.bodyLimitBytes`.',
    remedy: 'For the extender set `nodeCacheCapable: true`, which sends node names only; else raise the limit.',
  },
  TMP2003: {
    title: 'content type not supported',
    cause: 'The request has a body that is not declared as application/json.',
    remedy: 'Send `content-type: application/json`.',
  },
  TMP2004: {
    title: 'not an AdmissionReview',
    cause: 'The body is JSON but has no `request.uid` to answer to.',
    remedy: 'Only the API server calls this route; to try a pod, post it to /explain/pod.',
  },
  TMP2005: {
    title: 'not ExtenderArgs',
    cause: 'The body has no pod, or no node names and no nodes.',
    remedy: 'Only kube-scheduler calls this route; see docs/reference/http.md.',
  },
  TMP2006: {
    title: 'no such route',
    cause: "The path is none of this port's.",
    remedy: 'See docs/reference/http.md for the routes of each port.',
  },
  TMP2007: {
    title: 'method not allowed',
    cause: 'The path exists, but not for this method.',
    remedy: 'Use the method named in the Allow header.',
  },
  TMP2008: {
    title: 'too many bytes in flight',
    cause: 'The bodies being read at this moment add up to `server.inFlightBytes`.',
    remedy: 'Try again; if it lasts, look for a client that sends large bodies slowly.',
  },
  TMP2009: {
    title: 'nested too deep',
    cause: 'The JSON nests deeper than any Kubernetes object.',
    remedy: 'Send a Kubernetes object.',
  },
  TMP2010: {
    title: 'not seen lately',
    cause: 'The pod or node is not known here: it is gone, or the watch has not shown it yet.',
    remedy: 'Check the name; after a restart wait until /readyz answers 200.',
  },
  TMP2011: {
    title: 'request too slow',
    cause: 'The client did not send the whole request within `server.requestTimeoutMs`.',
    remedy: 'Check the network between the API server and this pod.',
  },
  TMP2012: {
    title: 'not valid HTTP',
    cause: 'The bytes on the connection are not an HTTP/1.1 request, or its headers are too large.',
    remedy: 'Check what is talking to this port; plain HTTP on the TLS port ends here too.',
  },
  TMP2013: {
    title: 'temper failed',
    cause:
      'An error in temper itself; the log has its stack. The webhook and the extender answer harmlessly all the same.',
    remedy: 'Report it with the log line.',
  },
  TMP3001: {
    title: 'no way to the API server',
    cause: 'No kubeconfig was found or given, and the process does not run in a pod.',
    remedy: 'Set KUBECONFIG, `kube.kubeconfig` or --kube-kubeconfig; in a pod mount a ServiceAccount token.',
  },
  TMP3002: {
    title: 'list-watch not allowed',
    cause: 'The API server answers 401 or 403 to a list or watch.',
    remedy: 'Bind the ClusterRole of docs/reference/rbac.md to the ServiceAccount; it is tried again by itself.',
  },
  TMP3003: {
    title: 'API server not reachable',
    cause: 'A list or watch failed on the network or with a server error.',
    remedy: 'Nothing to do if it passes: the last known state stays in force. Otherwise check network policies.',
  },
  TMP3004: {
    title: 'answer to a list-watch not understood',
    cause: 'Something answers that is no Kubernetes API server, or the API server does not serve this resource.',
    remedy:
      'Check the server in the kubeconfig, proxies on the way, and the version of Kubernetes; it is tried again by itself.',
  },
  TMP3005: {
    title: 'list-watch failed inside temper',
    cause: 'A fault of temper itself while it took in an object. The objects are listed again.',
    remedy: 'Please report it with the message.',
  },
  TMP3010: {
    title: 'the kernel has no sched_ext',
    cause:
      'There is no /sys/kernel/sched_ext/state: the kernel is older than 6.12, or is built without CONFIG_SCHED_CLASS_EXT, ' +
      'or the agent does not see the /sys of the host.',
    remedy:
      'Boot a kernel of 6.12 or newer that is built with CONFIG_SCHED_CLASS_EXT=y. The version alone proves nothing: ' +
      "Debian's own 6.12 leaves it out, the kernel of its backports has it. Until then the node stays on the stock scheduler.",
  },
  TMP3011: {
    title: 'the kernel is built without sched_ext',
    cause: "CONFIG_SCHED_CLASS_EXT is not `y` in the kernel's config.",
    remedy:
      'Boot a kernel that is built with CONFIG_SCHED_CLASS_EXT=y. Which of those that are installed are, grep CONFIG_SCHED_CLASS_EXT ' +
      '/boot/config-* tells.',
  },
  TMP3012: {
    title: 'no hotplug counter',
    cause: 'The kernel has no /sys/kernel/sched_ext/hotplug_seq, which scx_layered reads before it attaches.',
    remedy: 'Boot a newer kernel with sched_ext.',
  },
  TMP3013: {
    title: "another's scheduler is attached",
    cause:
      "A sched_ext scheduler that is none of temper's is attached. The kernel takes one at a time; temper leaves it alone.",
    remedy:
      'Stop the other scheduler (often a service: `systemctl disable --now scx` or `scx_loader`); the agent goes on by itself once the place is free.',
  },
  TMP3014: {
    title: 'no BTF',
    cause: 'There is no usable /sys/kernel/btf/vmlinux: the kernel is built without CONFIG_DEBUG_INFO_BTF.',
    remedy: 'Boot a kernel that is built with CONFIG_DEBUG_INFO_BTF=y.',
  },
  TMP3015: {
    title: 'kernel config not readable',
    cause:
      'Neither /proc/config.gz nor the config of the running kernel below /boot or /lib/modules can be read, or the text lacks ' +
      'what a scheduler is loaded with.',
    remedy: "Mount the host's /boot into the agent, read-only, or boot a kernel with CONFIG_IKCONFIG_PROC=y.",
  },
  TMP3016: {
    title: 'no unified cgroup v2 with the cpu controller',
    cause: 'The node uses cgroup version 1, a mixture of both, or version 2 without the cpu controller.',
    remedy:
      'Boot with systemd.unified_cgroup_hierarchy=1 on the kernel command line, and see in /proc/mounts that no version 1 hierarchy ' +
      '(type cgroup) is left; the kubelet wants version 2 too, by default.',
  },
  TMP3017: {
    title: 'only a part of the cgroup tree is seen',
    cause: 'The agent has a cgroup namespace of its own, or the node is a container itself (as those of kind are).',
    remedy: "Mount the host's /sys/fs/cgroup into the agent; a node that runs in a container cannot enforce.",
  },
  TMP3018: {
    title: 'CPUs not understood',
    cause: 'What sysfs says of cores, caches and NUMA nodes is missing or contradicts itself.',
    remedy: "Mount the host's /sys into the agent; if it is, report what the message says.",
  },
  TMP3019: {
    title: 'CPU offline',
    cause: 'A CPU that the kernel has room for is not online. scx_layered ends at start on such a machine.',
    remedy:
      'Bring it online (write 1 to /sys/devices/system/cpu/cpuN/online): the agent goes on by itself. On a virtual machine with ' +
      'room for more CPUs than it has, boot with possible_cpus=N; switch SMT off in the firmware instead of the system.',
  },
  TMP3020: {
    title: 'numbers of CPUs have a hole',
    cause: 'The possible CPUs are not numbered from 0 on without holes, which scx_layered refuses.',
    remedy: 'Give the machine all of its CPUs, or boot with possible_cpus=N.',
  },
  TMP3021: {
    title: 'too many CPUs',
    cause: 'scx_layered takes 512 CPUs at most.',
    remedy: 'Leave this node on the stock scheduler, or split the machine into smaller ones.',
  },
  TMP3022: {
    title: 'too many last-level caches',
    cause: 'scx_layered takes 64 last-level caches at most.',
    remedy: 'Leave this node on the stock scheduler, or split the machine into smaller ones.',
  },
  TMP3023: {
    title: 'NUMA nodes not usable',
    cause: 'The NUMA nodes with CPUs are not numbered from 0 on without holes, or there are more than 32.',
    remedy: "Change the firmware's NUMA settings, or boot with numa=off.",
  },
  TMP3024: {
    title: 'isolated CPUs',
    cause: 'The kernel was booted with isolcpus=, and then lets no sched_ext scheduler in.',
    remedy: 'Boot without isolcpus=.',
  },
  TMP3025: {
    title: 'CPU manager pins pods',
    cause:
      "The kubelet's CPU manager policy is static, or not known. Pods that it pins to CPUs would be served worst while scx_layered " +
      'is attached.',
    remedy:
      'Set cpuManagerPolicy: none, drain the node, remove cpu_manager_state and restart the kubelet; or leave this node on the stock ' +
      'scheduler.',
  },
  TMP3026: {
    title: 'resctrl in use',
    cause:
      'resctrl is mounted. scx_layered reads its counters all the time, and ends at the first that cannot be read.',
    remedy: 'Run `umount /sys/fs/resctrl` on the node, or keep that mount out of the agent.',
  },
  TMP3027: {
    title: "not in the host's PID namespace",
    cause: 'The agent sees process ids other than the host and the kernel do.',
    remedy: 'Set hostPID: true in the pod of the agent, as the chart does.',
  },
  TMP3028: {
    title: 'rights are missing',
    cause: 'The process lacks the capabilities that loading a scheduler takes, or runs in a user namespace.',
    remedy: 'Run the agent privileged and without hostUsers: false, as the chart does.',
  },
  TMP3029: {
    title: 'too little memory to load the scheduler',
    cause:
      'A scheduler takes up to 256 MiB to load, of the node and of the memory limit of the agent; two, while one hands over, 512 MiB.',
    remedy: "Free memory on the node, or raise the agent's memory limit; it is tried again by itself.",
  },
  TMP3030: {
    title: 'scx_layered cannot be run',
    cause: 'The file of the scheduler is missing, or may not be executed.',
    remedy: "Use temper's own image, or give the path of scx_layered in the configuration.",
  },
  TMP3031: {
    title: 'setpriv cannot be run',
    cause:
      'The program that ties the life of the scheduler to that of the agent is missing, or is the one of busybox, which cannot.',
    remedy: "Use temper's own image, or install util-linux.",
  },
  TMP3090: {
    title: 'kernel not tested',
    cause:
      'The kernel lab has not shown the agent with the real scheduler on a kernel of this version. It is not refused.',
    remedy: 'Enforce on one node first and watch it, or boot a kernel that the check names.',
  },
  TMP3091: {
    title: 'topology not tested',
    cause:
      'The kernel lab has not shown the agent with the real scheduler on a machine of about as many CPUs and the same ' +
      'threads, last-level caches and NUMA nodes. It is not refused.',
    remedy: 'Enforce on one node of this kind first and watch it: `temper-cli status` tells the CPUs of each layer.',
  },
  TMP3101: {
    title: 'layer config refused',
    cause: 'The config that temper computed for scx_layered does not pass its own strict schema: a fault of temper.',
    remedy: 'Nothing is attached, the node stays on the stock scheduler. Please report it with the message.',
  },
  TMP3102: {
    title: 'Critical demoted',
    cause:
      'The Critical pods of the node ask for more whole cores than are left beside the reserve. They stay protected, but share ' +
      'their CPUs with one another without a fence of their own.',
    remedy: 'Lower the requests, move a pod, or use nodes with more cores; the fence comes back by itself.',
  },
  TMP3103: {
    title: 'pods over the limit of the stock scheduler',
    cause: 'A scx_layered without live membership can list 32 pods in a layer, and the node has more of one tier.',
    remedy:
      'Use the image with the patched scx_layered. Until then these pods run in Normal or Background; if one of them is ' +
      'Critical or High the node stays on the stock scheduler.',
  },
  TMP3104: {
    title: 'CPU limits not enforced',
    cause: 'The kernel does not throttle pods while scx_layered is attached, so CPU limits of pods have no effect.',
    remedy: 'Set `limits` to `ceilings` to hold limited pods together, or to `refuse` to keep such nodes on stock.',
  },
  TMP3105: {
    title: 'stock scheduler because of CPU limits',
    cause: '`limits` is `refuse`, and a pod of the node has a CPU limit.',
    remedy: 'Remove the limits or move the pods; or set `limits` to `report` or `ceilings`.',
  },
  TMP3106: {
    title: 'cgroups not understood',
    cause:
      'The cgroups of the pods are not where kubelet is known to put them: no `kubepods` directory was found, several were, or ' +
      'kubelet and the container runtime use different cgroup drivers (`mismatch`). Temper does not guess: no pod is put into a layer.',
    remedy:
      'Set the same cgroup driver (systemd) for kubelet and the runtime; check that the host tree is mounted at /sys/fs/cgroup. ' +
      'Otherwise report the layout that the message shows.',
  },
  TMP3201: {
    title: 'call not valid',
    cause: 'A call to the agent lacks something or has a value that is none: a tier, a uid, a namespace, a name.',
    remedy: 'Give what the message names; agent/api/agent.proto has the messages.',
  },
  TMP3202: {
    title: 'call took too long',
    cause: 'The agent did not finish the call in time; no call may take longer than 30 seconds.',
    remedy: 'Try again; for qos set and clear check whether the node reaches its API server (temper-cli status).',
  },
  TMP3203: {
    title: 'too many calls at once',
    cause: 'The agent answers only so many calls of a kind at once, and so many HTTP requests of one address a second.',
    remedy: 'Try again; if it lasts, look for a client that calls in a loop.',
  },
  TMP3204: {
    title: 'pod not on this node',
    cause: 'The agent knows no such pod: it is on another node, is gone, or has not been seen yet.',
    remedy: 'Check the name, and the node: kubectl get pod -o wide.',
  },
  TMP3205: {
    title: 'too many overrides',
    cause: 'The node already holds the 64 overrides that fit.',
    remedy: 'Clear some with temper-cli qos clear, or give the workload a PriorityClass.',
  },
  TMP3206: {
    title: 'override not stored',
    cause:
      'The API server could not be reached, or refused the change of the node. Nothing has changed: an override that is not stored would be lost when the agent ends.',
    remedy: 'Try again when the node reaches its API server; check the rights of docs/reference/rbac.md.',
  },
  TMP3207: {
    title: 'pod cannot be overridden',
    cause: 'It is a system pod: these have a layer of their own, which users cannot pick and cannot leave.',
    remedy: 'Change the pod or its priority where it is defined.',
  },
  TMP3208: {
    title: 'scheduler must stay away',
    cause: 'Something keeps the node on the stock scheduler: a check, safe mode, a label, or a policy.',
    remedy: 'Take away what the message names; temper-cli status and check show it.',
  },
  TMP3209: {
    title: 'another agent has the node',
    cause:
      'While a new version of the agent follows an old one, two run on the node, and only one of them changes anything.',
    remedy: "Try again in a minute, or ask the node's other agent pod.",
  },
  TMP3210: {
    title: 'not in this version',
    cause: 'The agent knows the call and cannot do it.',
    remedy: 'Use a newer agent.',
  },
  TMP3212: {
    title: 'safe mode still asked for',
    cause: 'The safe-mode file is gone, but another source keeps the node in safe mode.',
    remedy: 'Take away the annotation that the message names, from the node or the namespace of the release.',
  },
  TMP3221: {
    title: 'command line not valid',
    cause: 'A command, an argument or a flag is none, or is missing.',
    remedy: 'See --help of the command.',
  },
  TMP3222: {
    title: 'agent not reachable',
    cause: 'No agent answers at the address, or the connection broke.',
    remedy: "Check --address, or the agent's pod: kubectl -n temper get pods -o wide.",
  },
  TMP3223: {
    title: 'no agent on the node',
    cause: 'No running pod of the agent was found on the node in the namespace.',
    remedy: 'Check --node and --agent-namespace; kubectl get daemonset shows where agents should run.',
  },
  TMP3224: {
    title: 'not authenticated',
    cause: 'The API server does not accept the credentials of the kubeconfig.',
    remedy: 'Log in again, or pick another context with --context.',
  },
  TMP3225: {
    title: 'not allowed',
    cause: 'Kubernetes does not allow you what the command needs, such as a port-forward to the pod of the agent.',
    remedy: 'Ask for the rights of docs/reference/cli.md.',
  },
  TMP3226: {
    title: 'no answer in time',
    cause: 'The agent or the API server did not answer within --request-timeout.',
    remedy: 'Try again, with a longer --request-timeout if the way is slow.',
  },
  TMP3227: {
    title: 'interrupted',
    cause: 'The command was ended before it was done. A change that was already sent may still happen.',
    remedy: 'See what holds with temper-cli status.',
  },
  TMP3228: {
    title: 'answer not understood',
    cause: 'What answers is no agent of temper, or one of another version.',
    remedy: 'Check --address; compare the versions with temper-cli version.',
  },
  TMP3231: {
    title: 'not well in time',
    cause:
      "What the chart's hook or test asked for did not come within --within; the message says what was found last.",
    remedy:
      'Look at the pods of temper and their logs. For a probe that nothing scaled: at the service, its certificate (`caBundle` of the MutatingWebhookConfiguration), and whether the API server reaches its port.',
  },
  TMP3232: {
    title: 'still in use',
    cause: 'Workloads name the scheduler or the PriorityClasses that an uninstall would take away.',
    remedy:
      'Take schedulerName and priorityClassName out of the workloads that are listed, or set `uninstall.force=true`: their new pods then stay Pending, or are refused.',
  },
  TMP3233: {
    title: 'certificate not to be used',
    cause:
      'With `tls.mode: existingSecret` the Secret is not there, or its certificate is expired, for another name, or not signed by `tls.caBundle`. The upgrade ends before it has changed anything.',
    remedy:
      'Put a certificate for the name that the message says into the Secret, and its key, and give the CA that signed it by `--set-file tls.caBundle=FILE`; then upgrade again.',
  },
  TMP3052: {
    title: 'cgroup tree not readable',
    cause: 'A directory could not be read, or the scan took too long. What the last scan found stays in force.',
    remedy: 'Check the limits on open files and the load of the node; it is scanned again by itself.',
  },
  TMP3053: {
    title: 'cgroup directory not watched',
    cause: 'inotify refused a watch or ended one, so new pods are found by the scans at intervals only.',
    remedy:
      'Raise fs.inotify.max_user_instances and fs.inotify.max_user_watches on the node (`sysctl -w`); it is tried again with each scan.',
  },
  TMP3054: {
    title: 'QoS overrides not understood',
    cause:
      'The value of the node annotation `temper.codes/qos-overrides` is not what temper writes; none of it counts.',
    remedy:
      'Remove it (`kubectl annotate node NODE temper.codes/qos-overrides-`), or set the overrides anew with `temper-cli qos set`.',
  },
  TMP3056: {
    title: 'node name not valid',
    cause: 'The name that the agent was given for its node cannot be the name of a node.',
    remedy: 'Set it from `spec.nodeName` by the downward API, as the chart does.',
  },
  TMP3151: {
    title: 'safe-mode file not written',
    cause: 'The directory of the host file is missing, read-only or full.',
    remedy:
      'The agent has stood down, but only until its process ends: annotate the node with temper.codes/safe-mode-requested=true, ' +
      'or mend the directory and ask again.',
  },
  TMP3152: {
    title: 'safe-mode file not removed',
    cause: 'The host file cannot be removed: its file system is read-only, or something else than a file has its name.',
    remedy: 'Remove it by hand on the node; until then the node stays on the stock scheduler.',
  },
  TMP3153: {
    title: 'node annotations not written',
    cause: "The API server refuses the agent's patch of its own Node; status and load on the Node are old.",
    remedy:
      'Bind the ClusterRole of docs/reference/rbac.md to the ServiceAccount and check admission policies on nodes; enforcement goes on, ' +
      'and it is tried again by itself.',
  },
  TMP3154: {
    title: 'events not written',
    cause: "The API server refuses the agent's events.",
    remedy: 'Bind the ClusterRole of docs/reference/rbac.md to the ServiceAccount; nothing but the events is lost.',
  },
  TMP3160: {
    title: 'agents cannot tell of one another',
    cause:
      'The agent cannot use its folder below /run/temper, where the agents of a node agree on who has the scheduler. It goes on as if it ' +
      'were alone: with a second agent on the node, an upgrade is a restart, and both write the Node.',
    remedy: 'Check that /run/temper is mounted, writable, and belongs to root.',
  },
  TMP3121: {
    title: 'layer config refused',
    cause:
      'scx_layered does not take the layers, at its start or as a live update. The last config that worked stays in force.',
    remedy: 'Please report it with the config of `temper-cli config`; `temper-cli scheduler reload` tries it again.',
  },
  TMP3122: {
    title: 'ejected by the kernel',
    cause:
      'The kernel took the node back from scx_layered: a task waited too long, or the scheduler made an error. The node is on ' +
      'the stock scheduler until the next try.',
    remedy:
      'Read the reason in the message. It is tried again by itself, at most twice more in half an hour; then `temper-cli scheduler reload`.',
  },
  TMP3123: {
    title: 'scheduler not attached in time',
    cause: 'scx_layered was started and did not attach within its limit, or another scheduler was faster.',
    remedy: 'Look for a shortage of CPU or memory at its start; it is tried again by itself.',
  },
  TMP3124: {
    title: 'tasks in wrong layers',
    cause:
      'scx_layered was attached, and threads ran in layers they do not belong to, which is worse than no scheduler.',
    remedy: 'Please report it with `temper-cli status` and `temper-cli config`; it is tried again by itself.',
  },
  TMP3125: {
    title: 'scheduler does not answer',
    cause:
      'The statistics socket of scx_layered is silent or its answers are not understood, so nothing can be proven.',
    remedy:
      'Check that its directory is mounted into the agent and that nothing else listens there; it is tried again by itself.',
  },
  TMP3126: {
    title: 'latched on stock',
    cause: 'Enforcement failed too often, or in a way that trying again cannot help.',
    remedy: 'Mend what the message says, then run `temper-cli scheduler reload`; a changed config also releases it.',
  },
  TMP3127: {
    title: 'another scheduler is attached',
    cause:
      'A sched_ext scheduler that is not ours runs on the node, or an agent that still lives has one. It is left alone.',
    remedy: 'End the other one to let temper enforce; that is noticed within a second.',
  },
  TMP3128: {
    title: 'scheduler cannot run here',
    cause: 'scx_layered is missing, cannot be executed, does not know a flag, or needs what this kernel does not have.',
    remedy: "Run `temper-cli check` on the node and use the agent's own image; then `temper-cli scheduler reload`.",
  },
  TMP3129: {
    title: 'stock not proven',
    cause: 'The scheduler was ended, and three seconds later the kernel still does not say that it has let go.',
    remedy:
      'Read /sys/kernel/sched_ext/state on the node. As root, `echo S > /proc/sysrq-trigger` (a capital S) makes the kernel take the node back.',
  },
  TMP3130: {
    title: 'scheduler died',
    cause: 'scx_layered was killed, panicked or ended with an error.',
    remedy:
      "Where the message says `out of memory`, raise the agent's memory limit; else look at the end of its output there. It is tried " +
      'again by itself.',
  },
  TMP3535: {
    title: 'hand-over failed',
    cause:
      'A second scx_layered with the changed config was refused, died, or was not ready in time. The first one goes on with the ' +
      'config before, so nothing is lost but the change.',
    remedy:
      'It is tried again by itself, with growing waits, unless the config was refused. `temper-cli scheduler reload` makes it a ' +
      'restart, with the gap of one.',
  },
  TMP3536: {
    title: 'no room to hand over',
    cause:
      'There is not enough memory for two schedulers, so the change was a restart: some seconds on the stock scheduler.',
    remedy: "Raise the agent's memory limit to 512 MiB or more, and leave 256 MiB of the node's memory available.",
  },
  TMP3537: {
    title: 'live change not whole',
    cause:
      'The scheduler did not take all that it was told while it runs, or did not answer. What it took is in force, it stays ' +
      'attached, and pods that it did not take run in the layer of pods that are not known.',
    remedy:
      'It is asked and told again every few seconds. Where the table of members is full, fewer pods or cgroups must be on the node; ' +
      'for anything else `temper-cli scheduler reload` starts another process.',
  },
  TMP4001: {
    title: 'the scheduler does not follow the extender',
    cause:
      'Pods are bound to nodes that the extender did not prefer, no more often right than by chance. kube-scheduler drops an ' +
      'answer it cannot use without a word, and other score plugins can outweigh a small weight.',
    remedy:
      "Check urlPrefix, caFile and httpTimeout of the extender in the scheduler's configuration; then raise its weight.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorId = keyof typeof ERRORS;

/** An error with an id of the table. The message is `ID: title: detail`. */
export class TemperError extends Error {
  readonly id: ErrorId;
  /** What is particular to this case; never a secret. */
  readonly detail: string;

  constructor(id: ErrorId, detail: string, options?: ErrorOptions) {
    super(`${id}: ${ERRORS[id].title}: ${detail}`, options);
    this.name = 'TemperError';
    this.id = id;
    this.detail = detail;
  }

  get remedy(): string {
    return ERRORS[this.id].remedy;
  }
}

/** The body of an HTTP answer that refuses a request. */
export function errorBody(id: ErrorId, detail?: string) {
  const { title, remedy } = ERRORS[id];
  return { error: { id, message: detail === undefined ? title : `${title}: ${detail}`, remedy } };
}
