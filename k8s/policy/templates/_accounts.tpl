{{/* User names as a list of CEL. Those of control planes, as charts/plantrace calls their accounts, and of the others. */}}
{{- define "policy.control" -}}
{{- $users := .Values.users -}}
{{- range .Values.controlPlanes }}{{ $users = append $users (printf "system:serviceaccount:%s:%s-control" .namespace .release) }}{{ end -}}
['{{ required "controlPlanes or users: nobody could make a tenant" ($users | uniq | join "', '") }}']
{{- end }}

{{- define "policy.ours" -}}
{{- $users := list -}}
{{- range .Values.appliers }}{{ $users = append $users (printf "system:serviceaccount:%s:%s" .namespace .name) }}{{ end -}}
{{ include "policy.control" . }}{{ with $users }} + ['{{ join "', '" . }}']{{ end }}
{{- end }}
