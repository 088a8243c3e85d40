{{/* Where archives are stored: mount and environment of the pods that write and read them. */}}
{{- define "tenantstack.archives.env" -}}
{{- with .Values.backup.destination }}
{{- if .bucket }}
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
