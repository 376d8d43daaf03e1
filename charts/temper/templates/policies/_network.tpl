{{/* Nothing of temper's talks to anyone but the API server of its cluster. */}}
{{- define "temper.egress" -}}
egress:
  - ports:
      {{- range .Values.networkPolicy.apiServerPorts }}
      - port: {{ . }}
        protocol: TCP
      {{- end }}
    {{- with .Values.networkPolicy.apiServerCidrs }}
    to:
      {{- range . }}
      - ipBlock:
          cidr: {{ . | quote }}
      {{- end }}
    {{- end }}
{{- end }}
{{- define "temper.metricsIngress" -}}
{{- $port := index . 1 -}}
- ports:
    - port: {{ $port }}
      protocol: TCP
  {{- with (index . 0).Values.networkPolicy.metricsFrom }}
  from:
    {{- toYaml . | nindent 4 }}
    # `helm test` asks, too.
    - podSelector:
        matchLabels:
          {{- include "temper.selector" (list (index $ 0) "test") | nindent 10 }}
  {{- end }}
{{- end }}
