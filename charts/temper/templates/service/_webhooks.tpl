{{/* Takes (list root whom to trust, PEM; empty for whom somebody else writes there). */}}
{{- define "temper.webhooks" -}}
{{- $trusted := index . 1 -}}
{{- with index . 0 -}}
webhooks:
  - name: overcommit.temper.codes
    admissionReviewVersions: [v1]
    sideEffects: None
    # A webhook that is down must not stop a pod.
    failurePolicy: Ignore
    timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
    # Side cars that are injected after us are scaled, too.
    reinvocationPolicy: IfNeeded
    matchPolicy: Equivalent
    clientConfig:
      service:
        namespace: {{ .Release.Namespace }}
        name: {{ include "temper.fullname" . }}-control
        port: {{ .Values.service.port }}
        path: /mutate
      {{- with $trusted }}
      caBundle: {{ b64enc . }}
      {{- end }}
    namespaceSelector:
      matchExpressions:
        - key: temper.codes/overcommit
          operator: In
          values: [enabled]
        - key: kubernetes.io/metadata.name
          operator: NotIn
          values: {{ toJson (concat .Values.tiers.systemNamespaces (list .Release.Namespace) | uniq) }}
    objectSelector:
      matchExpressions:
        - key: temper.codes/overcommit
          operator: NotIn
          values: [disabled]
    rules:
      - apiGroups: [""]
        apiVersions: [v1]
        resources: [pods]
        operations: [CREATE]
        scope: Namespaced
    matchConditions:
      # They are made from files on the node and must stay as they are.
      - name: not-a-mirror-pod
        expression: "!('kubernetes.io/config.mirror' in object.metadata.?annotations.orValue({}))"
      # The service leaves the pods of DaemonSets alone: it need not be asked.
      - name: not-of-a-daemonset
        expression: "!object.metadata.?ownerReferences.orValue([]).exists(owner, owner.kind == 'DaemonSet' && owner.?controller.orValue(false))"
      {{- with .Values.webhook.matchConditions }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
{{- end }}
{{- end }}

{{- define "temper.webhookAnnotations" -}}
{{- if eq .Values.tls.mode "cert-manager" }}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "temper.tlsSecret" . }}
{{- end }}
{{- with .Values.webhook.annotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The CA that the chart itself writes: the owner's. */}}
{{- define "temper.ownersBundle" -}}
{{- if eq .Values.tls.mode "existingSecret" }}{{ .Values.tls.caBundle }}{{ end -}}
{{- end }}
