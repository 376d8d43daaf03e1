{{/*
While tls.mode changes, old and new pods serve certificates of different authorities. For that time a second
MutatingWebhookConfiguration trusts both. Helm makes it before the upgrade; it goes when the last old pod has gone.
*/}}
{{- define "temper.handoverName" -}}
{{ include "temper.webhookName" . }}-handover
{{- end }}

{{/*
JSON of what is in the cluster: `changes`, whether this upgrade changes the mode, or one before has not come to its end;
`left`, whether such a one left its configuration; `trusted`, whom the API server trusts now, PEM. Where helm sees no
cluster, and in a rollback, nothing changes.
*/}}
{{- define "temper.tlsBefore" -}}
{{- $mode := .Values.tls.mode -}}{{- $handover := include "temper.handoverName" . -}}
{{- $left := false -}}{{- $another := false -}}{{- $bundles := "" -}}
{{- range list (include "temper.webhookName" .) $handover -}}
{{- with lookup "admissionregistration.k8s.io/v1" "MutatingWebhookConfiguration" "" . -}}
{{- if eq .metadata.name $handover -}}
{{- $left = true -}}
{{- else -}}
{{- $another = ne $mode (dig "temper.codes/tls-mode" "" (.metadata.labels | default dict)) -}}
{{- end -}}
{{- range .webhooks -}}
{{- $bundles = printf "%s%s\n" $bundles (b64dec (.clientConfig.caBundle | default "")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $changes := and .Values.webhook.enabled (or $left $another) -}}
{{- dict "changes" $changes "left" $left "trusted" (include "temper.certificates" $bundles) | toJson -}}
{{- end }}

{{/* The certificates of a PEM text, each once. */}}
{{- define "temper.certificates" -}}
{{- $begin := "-----BEGIN CERTIFICATE-----" -}}{{- $end := "-----END CERTIFICATE-----" -}}
{{- $found := list -}}
{{- range replace "\r" "" . | splitList $begin -}}
{{- if contains $end . -}}
{{- $found = append $found (printf "%s%s%s\n" $begin (splitList $end . | first) $end) -}}
{{- end -}}
{{- end -}}
{{- $found | uniq | join "" -}}
{{- end }}

{{/* Refuses to leave a mode that works for a Secret that is not there: the new pods would wait for it. */}}
{{- define "temper.checkExisting" -}}
{{- if (include "temper.tlsBefore" . | fromJson).changes -}}
{{- $name := .Values.tls.existingSecret -}}
{{- $data := (lookup "v1" "Secret" .Release.Namespace $name).data | default dict -}}
{{- range list "tls.crt" "tls.key" -}}
{{- if empty (get $data .) -}}
{{- fail (printf "TMP3233: tls.mode=existingSecret: no %s in Secret %s/%s. Nothing is changed; make the Secret, then upgrade again" . $.Release.Namespace $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
