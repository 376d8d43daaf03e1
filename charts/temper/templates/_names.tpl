{{/* The beginning of every name. A release named temper gives temper-agent, temper-control, temper-scheduler. */}}
{{- define "temper.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* What never changes for a workload: selectors. temper-cli finds agents by the first and the third. Takes (list root component). */}}
{{- define "temper.selector" -}}
app.kubernetes.io/name: temper
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "temper.labels" -}}
{{- $root := index . 0 -}}
{{ include "temper.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: temper
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of pods: nothing that another version of the chart changes, so that it restarts no agent by itself. */}}
{{- define "temper.podLabels" -}}
{{ include "temper.selector" . }}
app.kubernetes.io/part-of: temper
{{- end }}

{{- define "temper.probeNamespace" -}}
{{ include "temper.fullname" . }}-probe
{{- end }}

{{/* Whether the Deployment of the service is needed at all. */}}
{{- define "temper.hasService" -}}
{{- if or .Values.webhook.enabled .Values.extender.enabled }}true{{ end -}}
{{- end }}

{{- define "temper.webhookName" -}}
{{ include "temper.fullname" . }}-overcommit
{{- end }}

{{/* Each mode has a Secret of its own: what helm makes and what cert-manager makes never have one name. */}}
{{- define "temper.tlsSecret" -}}
{{- if eq .Values.tls.mode "existingSecret" -}}
{{ .Values.tls.existingSecret }}
{{- else if eq .Values.tls.mode "cert-manager" -}}
{{ include "temper.certManagerSecret" . }}
{{- else -}}
{{ include "temper.selfIssuedSecret" . }}
{{- end -}}
{{- end }}

{{- define "temper.selfIssuedSecret" -}}
{{ include "temper.fullname" . }}-control-tls
{{- end }}

{{/* Its authority is in one with -ca at the end. */}}
{{- define "temper.certManagerSecret" -}}
{{ include "temper.fullname" . }}-control-cert
{{- end }}

{{/* On what serves, and on what calls it: by it the next upgrade sees that the mode changes. */}}
{{- define "temper.tlsLabel" -}}
temper.codes/tls-mode: {{ .Values.tls.mode }}
{{- end }}
