{{/* Every name and label of this chart: `<release>-<part>`, so that two releases can share one namespace. */}}

{{- define "plantrace.name" -}}
{{- printf "%s-%s" (index . 0).Release.Name (index . 1) -}}
{{- end }}

{{- define "plantrace.files" -}}
{{ .Values.files.claim | default (include "plantrace.name" (list . "files")) }}
{{- end }}

{{/* A hook keeps its name; a Job of the release has one per revision, as a Job is immutable. */}}
{{- define "plantrace.migrations" -}}
{{- $name := include "plantrace.name" (list . "migrations") -}}
{{- ternary (printf "%s-%d" $name .Release.Revision) $name .Values.postgresql.bundled -}}
{{- end }}

{{/* Labels that select pods. Never a version: selectors are immutable. */}}
{{- define "plantrace.selector" -}}
app.kubernetes.io/name: plantrace
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "plantrace.labels" -}}
{{ include "plantrace.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service | quote }}
app.kubernetes.io/part-of: plantrace
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version | replace "+" "_" }} # Flux adds +<commit>, which no label may have
{{- end }}

{{- define "plantrace.metadata" -}}
name: {{ include "plantrace.name" . | quote }}
namespace: {{ (index . 0).Release.Namespace | quote }}
labels:
  {{- include "plantrace.labels" . | nindent 2 }}
{{- end }}

{{/* For cluster-scoped objects: releases in two namespaces must not share one. */}}
{{- define "plantrace.clusterMetadata" -}}
name: {{ include "plantrace.name" . | quote }}
labels:
  {{- include "plantrace.labels" . | nindent 2 }}
{{- end }}
