{{/* What the agent and the service must be given alike. */}}
{{- define "temper.tierConfig" -}}
priorityMapping:
  mode: {{ .Values.tiers.mode }}
  critical: {{ int64 .Values.tiers.thresholds.critical }}
  high: {{ int64 .Values.tiers.thresholds.high }}
  normal: {{ int64 .Values.tiers.thresholds.normal }}
  low: {{ int64 .Values.tiers.thresholds.low }}
systemNamespaces: {{ toJson .Values.tiers.systemNamespaces }}
releaseNamespace: {{ .Release.Namespace }}
{{- end }}

{{- define "temper.agentConfig" -}}
{{- with .Values.agent.config -}}
enforce: {{ .enforce }}
limits: {{ .limits }}
reserve:
  cores: {{ int64 .reserve.cores }}
minimumFactor: {{ $.Values.webhook.minimumFactor }}
{{ include "temper.tierConfig" $ }}
scheduler:
  startTimeoutMs: {{ int64 .scheduler.startTimeoutMs }}
  debounceMs: {{ int64 .scheduler.debounceMs }}
  holdMs: {{ int64 .scheduler.holdMs }}
  attachesPerHour: {{ int64 .scheduler.attachesPerHour }}
  calmMs: {{ int64 .scheduler.calmMs }}
publish:
  heartbeatMs: {{ int64 .publish.heartbeatMs }}
log:
  level: {{ .log.level }}
{{- end }}
{{- end }}

{{/* Only what an agent reads at its start: the rest it takes up while it runs, and a restart costs a moment on stock. */}}
{{- define "temper.agentRestartConfig" -}}
{{- with .Values.agent.config.scheduler -}}
startTimeoutMs={{ int64 .startTimeoutMs }} debounceMs={{ int64 .debounceMs }} releaseNamespace={{ $.Release.Namespace }}
{{- end }}
{{- end }}

{{- define "temper.serviceConfig" -}}
{{- with .Values.webhook -}}
webhook:
  enabled: {{ .enabled }}
  mode: {{ .mode }}
  percentage: {{ .percentage }}
  factors:
    high: {{ .factors.high }}
    normal: {{ .factors.normal }}
    low: {{ .factors.low }}
    background: {{ .factors.background }}
  floor: {{ .floor }}
  minimumFactor: {{ .minimumFactor }}
  guaranteed: {{ .guaranteed }}
  cpuHpa: {{ .cpuHpa }}
  warnings: {{ .warnings }}
  excludedNamespaces: {{ toJson .excludedNamespaces }}
  probeNamespace: {{ include "temper.probeNamespace" $ }}
{{- end }}
extender:
  enabled: {{ .Values.extender.enabled }}
  filter: {{ .Values.extender.filter }}
  schedulerNames: {{ toJson .Values.extender.schedulerNames }}
{{ include "temper.tierConfig" . }}
server:
  port: {{ int64 .Values.service.port }}
  drainMs: {{ int64 .Values.service.drainMs }}
  tls:
    {{- if eq .Values.tls.mode "self" }}
    self:
      secret: {{ include "temper.tlsSecret" . }}
      service: {{ include "temper.fullname" . }}-control
      {{- if .Values.webhook.enabled }}
      webhookConfiguration: {{ include "temper.webhookName" . }}
      handoverConfiguration: {{ include "temper.handoverName" . }}
      {{- end }}
    {{- else }}
    certFile: /etc/temper/tls/tls.crt
    keyFile: /etc/temper/tls/tls.key
    {{- end }}
log:
  level: {{ .Values.service.log.level }}
{{- end }}

{{/* The extender as the side car of the second scheduler: plain HTTP on the pod's own loopback, no TLS port. */}}
{{- define "temper.sidecarConfig" -}}
extender:
  enabled: true
  loopback: true
  filter: {{ .Values.extender.filter }}
  schedulerNames: [{{ .Values.scheduler.name }}]
webhook:
  minimumFactor: {{ .Values.webhook.minimumFactor }}
{{ include "temper.tierConfig" . }}
server:
  tls:
    certFile: ""
log:
  level: {{ .Values.service.log.level }}
{{- end }}
