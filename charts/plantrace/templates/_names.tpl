{{/* Every name and label of this chart: `<release>-<part>`, so that two releases can live in one namespace. */}}

{{- define "plantrace.name" -}}
{{- printf "%s-%s" (index . 0).Release.Name (index . 1) -}}
{{- end }}

{{- define "plantrace.files" -}}
{{ .Values.files.claim | default (include "plantrace.name" (list . "files")) }}
{{- end }}

{{/* A hook has one name; a Job of the release another for each revision, as a Job cannot be changed. */}}
{{- define "plantrace.migrations" -}}
{{- $name := include "plantrace.name" (list . "migrations") -}}
{{- ternary (printf "%s-%d" $name .Release.Revision) $name .Values.postgresql.bundled -}}
{{- end }}

{{/* What selects pods. Never a version: selectors cannot be changed. */}}
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

{{/* Of things outside any namespace: two releases in two namespaces must not share one. */}}
{{- define "plantrace.clusterMetadata" -}}
name: {{ include "plantrace.name" . | quote }}
labels:
  {{- include "plantrace.labels" . | nindent 2 }}
{{- end }}
