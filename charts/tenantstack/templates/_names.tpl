{{/* Every name and label of this chart. One release lives in a namespace of its own, so names can be plain words. */}}

{{- define "tenantstack.names" -}}
influxdb: influxdb
disk: {{ .Values.disk.existingClaim | default (printf "influxdb-%s" .Values.disk.id) | quote }}
api: api
writer: writer
web: web
stream: stream
backup: backup
backups: {{ .Values.backup.destination.claim | default (printf "backup-%s" .Values.disk.id) | quote }}
{{/* One Job an archive and disk: another archive is another Job, the same one never runs twice. */ -}}
restore: {{ printf "restore-%s" (printf "%s %s" .Values.disk.id .Values.restore.archive | sha256sum | trunc 10) }}
account: tenant
limits: tenant
default-deny: default-deny
dns: dns
uses-stores: uses-stores
uses-bucket: uses-bucket
uses-attachments: uses-attachments
{{- end }}

{{- define "tenantstack.name" -}}
{{- get (include "tenantstack.names" (index . 0) | fromYaml) (index . 1) -}}
{{- end }}

{{/* Labels that select pods. Never a version, a slug or a release's name: selectors are immutable. */}}
{{- define "tenantstack.selector" -}}
app.kubernetes.io/name: tenantstack
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Of claims. Never a version either: a claim outlives many of them. */}}
{{- define "tenantstack.claimLabels" -}}
{{ include "tenantstack.selector" . }}
plantrace.io/disk: {{ (index . 0).Values.disk.id | quote }}
{{- end }}

{{- define "tenantstack.labels" -}}
{{ include "tenantstack.selector" . }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service | quote }}
app.kubernetes.io/part-of: plantrace
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version | replace "+" "_" }} # Flux adds +<commit>, which no label may have
plantrace.io/slug: {{ (index . 0).Values.tenant.slug | quote }}
{{- end }}

{{- define "tenantstack.metadata" -}}
name: {{ include "tenantstack.name" . | quote }}
namespace: {{ (index . 0).Release.Namespace | quote }}
labels:
  {{- include "tenantstack.labels" . | nindent 2 }}
{{- end }}
