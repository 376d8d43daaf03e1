{{- define "temper.schedulerConfig" -}}
{{- with .Values.scheduler -}}
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection:
  leaderElect: true
  resourceName: {{ .name }}
  resourceNamespace: {{ $.Release.Namespace }}
clientConnection:
  qps: {{ .client.qps }}
  burst: {{ int64 .client.burst }}
{{- if .percentageOfNodesToScore }}
percentageOfNodesToScore: {{ int64 .percentageOfNodesToScore }}
{{- end }}
profiles:
  - schedulerName: {{ .name }}
extenders:
  # The side car: no TLS, no DNS, no network between the two.
  - urlPrefix: http://127.0.0.1:8444/scheduler
    prioritizeVerb: prioritize
    {{- if $.Values.extender.filter }}
    filterVerb: filter
    {{- end }}
    weight: {{ int64 .weight }}
    # What one that hangs costs, for each pod.
    httpTimeout: 200ms
    nodeCacheCapable: true
    ignorable: true
{{- end }}
{{- end }}
