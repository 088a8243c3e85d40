{{/* Where archives are stored: mount and environment of the pods that write and read them. */}}
{{- define "tenantstack.archives.env" -}}
{{- $attachments := .Values.attachments }}
{{- with .Values.backup.destination }}
{{- if not .bucket }}
{{- include "tenantstack.attachments.env" $ }}
{{- else if and $attachments.bucket (ne $attachments.bucketSecret .bucketSecret) }}
{{- fail "attachments.bucketSecret must be backup.destination.bucketSecret: a process has one set of AWS_ variables" }}
{{- else }}
envFrom:
  - secretRef: { name: {{ .bucketSecret | quote }} }
{{- end }}
{{- end }}
{{- end }}

{{/* By which a network policy lets them reach the bucket. */}}
{{- define "tenantstack.archives.labels" -}}
{{- if .Values.backup.destination.bucket }}
plantrace.io/uses-bucket: "true"
{{- end }}
{{- include "tenantstack.attachments.labels" . }}
{{- end }}

{{- define "tenantstack.archives.mounts" -}}
{{ include "tenantstack.ours.mounts" . }}
{{- if not .Values.backup.destination.bucket }}
- { name: backups, mountPath: /backups }
{{- end }}
{{- end }}

{{- define "tenantstack.archives.volumes" -}}
{{ include "tenantstack.ours.volumes" . }}
{{- if not .Values.backup.destination.bucket }}
- name: backups
  persistentVolumeClaim: { claimName: {{ include "tenantstack.name" (list . "backups") | quote }} }
{{- end }}
{{- end }}
