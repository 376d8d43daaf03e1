{{/* An image by digest where there is one. Takes (list root image fallbackImage). */}}
{{- define "temper.image" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}{{- $fallback := index . 2 -}}
{{- $repository := default $fallback.repository $image.repository -}}
{{- $tag := coalesce $image.tag $fallback.tag $root.Values.image.tag $root.Chart.AppVersion -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ $repository }}
{{- if $image.digest }}@{{ $image.digest }}
{{- else if and $fallback.digest (not $image.tag) }}@{{ $fallback.digest }}
{{- else }}:{{ $tag }}{{ end -}}
{{- end }}

{{- define "temper.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The token is bound to the pod and mounted where clients look for it, in pods that ask for it alone. */}}
{{- define "temper.tokenVolume" -}}
- name: token
  projected:
    defaultMode: 0444
    sources:
      # Not 3607, as kubelet's own: to that the API server gives a year, for clients that never read it again.
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                apiVersion: v1
                fieldPath: metadata.namespace
{{- end }}

{{- define "temper.tokenMount" -}}
- name: token
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end }}

{{/* The restricted profile of Pod Security, for everything but the agent. */}}
{{- define "temper.restrictedPod" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "temper.restrictedContainer" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Values of a node selector may come from --set as booleans or numbers. */}}
{{- define "temper.nodeSelector" -}}
{{- range $key, $value := . }}
{{ $key }}: {{ toString $value | quote }}
{{- end }}
{{- end }}

{{/* Replicas apart from one another, softly. Takes (list root component). */}}
{{- define "temper.spread" -}}
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "temper.selector" $ | nindent 6 }}
{{- end }}
{{- end }}
