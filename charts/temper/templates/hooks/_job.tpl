{{/*
A pod of temper-cli that helm runs: a hook's Job or a test. Takes (list root component args serviceAccount), and the name
of a Secret whose certificate it is given, never its key.
*/}}
{{- define "temper.cliPod" -}}
{{- $root := index . 0 -}}
metadata:
  labels:
    {{- include "temper.podLabels" (list $root (index . 1)) | nindent 4 }}
spec:
  {{- include "temper.cliPodSpec" . | nindent 2 }}
{{- end }}

{{- define "temper.cliPodSpec" -}}
{{- $root := index . 0 -}}{{- $account := index . 3 -}}{{- $secret := "" -}}
{{- if gt (len .) 4 }}{{ $secret = index . 4 }}{{ end -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $account }}
serviceAccountName: {{ . }}
{{- end }}
{{- include "temper.pullSecrets" $root }}
nodeSelector:
  {{- include "temper.nodeSelector" $root.Values.service.nodeSelector | trim | nindent 2 }}
{{- with $root.Values.service.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "temper.restrictedPod" $root | nindent 2 }}
containers:
  - name: temper-cli
    image: {{ include "temper.image" (list $root $root.Values.cli.image $root.Values.cli.image) }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    args:
      {{- range index . 2 }}
      - {{ . | quote }}
      {{- end }}
    # What it printed last is in the status of the pod, also when its log is gone.
    terminationMessagePolicy: FallbackToLogsOnError
    securityContext:
      {{- include "temper.restrictedContainer" $root | nindent 6 }}
    resources:
      requests:
        cpu: 10m
        memory: 64Mi
      limits:
        memory: 256Mi
    volumeMounts:
      {{- if $account }}
      {{- include "temper.tokenMount" $root | nindent 6 }}
      {{- end }}
      {{- if $secret }}
      - name: tls
        mountPath: /etc/temper/tls
        readOnly: true
      {{- end }}
      - name: tmp
        mountPath: /tmp
volumes:
  {{- if $account }}
  {{- include "temper.tokenVolume" $root | nindent 2 }}
  {{- end }}
  {{- if $secret }}
  - name: tls
    secret:
      secretName: {{ $secret }}
      defaultMode: 0444
      items:
        - key: tls.crt
          path: tls.crt
  {{- end }}
  - name: tmp
    emptyDir:
      sizeLimit: 16Mi
{{- end }}

{{/* Before what uses it, and gone with it. Takes the hooks. */}}
{{- define "temper.hookAnnotations" -}}
helm.sh/hook: {{ . }}
helm.sh/hook-weight: "-10"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end }}

{{/* The account of a hook: there only while it runs. Takes (list root name hooks). */}}
{{- define "temper.hookAccount" -}}
{{- $root := index . 0 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ index . 1 }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "temper.labels" (list $root "hook") | nindent 4 }}
  annotations:
    {{- include "temper.hookAnnotations" (index . 2) | nindent 4 }}
automountServiceAccountToken: false
{{- end }}

{{/* Account and cluster-wide rights of a hook. Takes (list root name hooks rules). */}}
{{- define "temper.hookRights" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{ include "temper.hookAccount" . }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $name }}
  labels:
    {{- include "temper.labels" (list $root "hook") | nindent 4 }}
  annotations:
    {{- include "temper.hookAnnotations" (index . 2) | nindent 4 }}
rules:
  {{- index . 3 | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $name }}
  labels:
    {{- include "temper.labels" (list $root "hook") | nindent 4 }}
  annotations:
    {{- include "temper.hookAnnotations" (index . 2) | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ $name }}
    namespace: {{ $root.Release.Namespace }}
{{- end }}

{{/* One verb on the pods of one namespace. Takes (list root name hooks namespace verb). */}}
{{- define "temper.hookRole" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ index . 3 }}
  labels:
    {{- include "temper.labels" (list $root "hook") | nindent 4 }}
  annotations:
    {{- include "temper.hookAnnotations" (index . 2) | nindent 4 }}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [{{ index . 4 }}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ index . 3 }}
  labels:
    {{- include "temper.labels" (list $root "hook") | nindent 4 }}
  annotations:
    {{- include "temper.hookAnnotations" (index . 2) | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ $name }}
    namespace: {{ $root.Release.Namespace }}
{{- end }}
