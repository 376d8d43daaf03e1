{{/* The pod of the agent, for the stable and the canary DaemonSet. Takes (list root channel image). */}}
{{- define "temper.agentPod" -}}
{{- $root := index . 0 -}}{{- $channel := index . 1 -}}{{- $image := index . 2 -}}
{{- $agent := $root.Values.agent -}}
metadata:
  labels:
    {{- include "temper.podLabels" (list $root "agent") | nindent 4 }}
    temper.codes/channel: {{ $channel }}
  annotations:
    kubectl.kubernetes.io/default-container: agent
    temper.codes/restart-on: {{ include "temper.agentRestartConfig" $root | sha256sum | trunc 16 | quote }}
    {{- with $agent.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "temper.fullname" $root }}-agent
  automountServiceAccountToken: false
  # The kernel names tasks by the host's process ids.
  hostPID: true
  priorityClassName: {{ $agent.priorityClassName }}
  # It ends its scheduler first, and waits for a successor's word: seconds at most.
  terminationGracePeriodSeconds: 30
  {{- with include "temper.pullSecrets" $root | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  tolerations:
    {{- toYaml $agent.tolerations | nindent 4 }}
  securityContext:
    runAsUser: 0
    runAsNonRoot: false
    seccompProfile:
      type: Unconfined
  containers:
    - name: agent
      image: {{ include "temper.image" (list $root $image $agent.image) }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args:
        - --config=/etc/temper/config.yaml
      env:
        - name: TEMPER_NODE_NAME
          valueFrom:
            fieldRef:
              apiVersion: v1
              fieldPath: spec.nodeName
        # Its own pod goes with the host's tasks.
        - name: POD_UID
          valueFrom:
            fieldRef:
              apiVersion: v1
              fieldPath: metadata.uid
      ports:
        - name: metrics
          containerPort: 9100
          protocol: TCP
      securityContext:
        # Loading a scheduler takes CAP_SYS_ADMIN, BPF, PERFMON and SYS_NICE, and the host's /sys.
        privileged: true
        readOnlyRootFilesystem: true
      # Slow on purpose: to kill an agent is to put the node on stock.
      livenessProbe:
        httpGet:
          path: /healthz
          port: metrics
        periodSeconds: 20
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet:
          path: /readyz
          port: metrics
        periodSeconds: 5
        timeoutSeconds: 3
      resources:
        {{- toYaml $agent.resources | nindent 8 }}
      volumeMounts:
        {{- include "temper.tokenMount" $root | nindent 8 }}
        - name: config
          mountPath: /etc/temper
          readOnly: true
        - name: run
          mountPath: /run/temper
        - name: scheduler-sockets
          mountPath: /var/run/scx
        - name: tmp
          mountPath: /tmp
        {{- include "temper.hostMounts" $agent.mounts | nindent 8 }}
  volumes:
    {{- include "temper.tokenVolume" $root | nindent 4 }}
    - name: config
      configMap:
        name: {{ include "temper.fullname" $root }}-agent
    # The same for every agent pod of the node: the safe-mode file, the last config that worked, and how agents know of one another.
    - name: run
      hostPath:
        path: /run/temper
        type: DirectoryOrCreate
    - name: scheduler-sockets
      emptyDir:
        medium: Memory
        sizeLimit: 1Mi
    - name: tmp
      emptyDir:
        medium: Memory
        sizeLimit: 16Mi
    {{- include "temper.hostVolumes" $agent.mounts | nindent 4 }}
{{- end }}

{{/* What of the host the checks read, each at the path that it has there. Takes agent.mounts. */}}
{{- define "temper.hostMounts" -}}
- name: sys
  mountPath: /sys
  readOnly: true
- name: cgroup
  mountPath: /sys/fs/cgroup
  readOnly: true
{{- if .kernelConfig }}
- name: boot
  mountPath: /boot
  readOnly: true
- name: modules
  mountPath: /lib/modules
  readOnly: true
{{- end }}
{{- if .kubelet }}
- name: kubelet
  mountPath: /var/lib/kubelet
  readOnly: true
  # What the kubelet unmounts below it must go here, too, or volumes of other pods stay in use.
  mountPropagation: HostToContainer
{{- end }}
{{- end }}

{{- define "temper.hostVolumes" -}}
# Topology, sched_ext, BTF.
- name: sys
  hostPath:
    path: /sys
    type: Directory
# Below /sys a pod would find its own cgroup namespace.
- name: cgroup
  hostPath:
    path: /sys/fs/cgroup
    type: Directory
{{- if .kernelConfig }}
# The kernel's config, where /proc/config.gz is missing.
- name: boot
  hostPath:
    path: /boot
    type: Directory
- name: modules
  hostPath:
    path: /lib/modules
    type: Directory
{{- end }}
{{- if .kubelet }}
# Whether the kubelet pins pods to CPUs: cpu_manager_state, which it replaces, so the folder it is in.
- name: kubelet
  hostPath:
    path: /var/lib/kubelet
    type: Directory
{{- end }}
{{- end }}

{{/* The nodes of the stable DaemonSet: those without all labels of the canary. Terms are a logical OR. */}}
{{- define "temper.notCanary" -}}
requiredDuringSchedulingIgnoredDuringExecution:
  nodeSelectorTerms:
    {{- range $key, $value := .Values.agent.canary.nodeSelector }}
    - matchExpressions:
        - key: {{ $key }}
          operator: NotIn
          values: [{{ toString $value | quote }}]
    {{- end }}
{{- end }}
