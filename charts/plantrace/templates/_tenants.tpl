{{/* How tenants are created. All our processes know the drivers; only `control` gets the cluster account and git credentials. */}}
{{- define "plantrace.tenants.env" -}}
- { name: TENANT_DRIVERS, value: {{ join "," .Values.tenants.drivers | quote }} }
{{- if has "gitops" .Values.tenants.drivers }}
{{- $namespace := required "control.fluxNamespace: driver gitops needs it" .Values.control.fluxNamespace }}
{{- with .Values.tenants.gitops }}
- { name: GITOPS_REMOTE, value: {{ required "tenants.gitops.remote: driver gitops needs it" .remote | quote }} }
- { name: GITOPS_BRANCH, value: {{ .branch | quote }} }
- { name: GITOPS_FOLDER, value: {{ .folder | quote }} }
- { name: GITOPS_USERNAME, value: {{ .username | quote }} }
- { name: GITOPS_PROVIDER, value: {{ .provider | quote }} }
- { name: GITOPS_PROJECT, value: {{ .project | quote }} }
- { name: GITOPS_API_URL, value: {{ .apiUrl | quote }} }
- { name: GITOPS_NAMESPACE, value: {{ $namespace | quote }} }
- { name: GITOPS_REPOSITORY, value: {{ .repository | quote }} }
- { name: GITOPS_SOURCE, value: {{ .source | quote }} }
- { name: GITOPS_CHART, value: {{ .chart | quote }} }
- { name: GITOPS_POLL_S, value: {{ .pollSeconds | quote }} }
{{- end }}
- { name: GITOPS_CLUSTER_ROLE, value: {{ include "plantrace.name" (list . "release") | quote }} }
{{- end }}
{{- end }}

{{- define "plantrace.tenants.control" -}}
- { name: PODS_CONTROL_URL, value: {{ printf "http://%s.%s.svc" (include "plantrace.name" (list . "web")) .Release.Namespace | quote }} }
- { name: TENANTS_CONCURRENCY, value: {{ .Values.control.atOnce | default .Values.control.concurrency | quote }} }
{{- if not .Values.control.clusterWide }}
- { name: CONTROL_ACCOUNT, value: {{ .Release.Namespace }}/{{ include "plantrace.name" (list . "control") }} }
- { name: CONTROL_CLUSTER_ROLE, value: {{ include "plantrace.name" (list . "tenant") | quote }} }
{{- end }}
{{- if .Values.tenants.gitops.token }}
{{ include "plantrace.secretValue" (list . "GITOPS_TOKEN") }}
{{- end }}
{{- end }}

{{/* The values of every tenant's chart: our address and image; the administrators' values win. */}}
{{- define "plantrace.tenants.values" -}}
{{- $web := dict "name" (include "plantrace.name" (list . "web")) "namespace" .Release.Namespace -}}
{{- $image := merge (dict "tag" (.Values.image.tag | default .Chart.AppVersion)) .Values.image -}}
{{- $settings := omit .Values.settings "secret" "allowedHosts" "email" "emailFrom" "push" "outboundNetworks" -}}
{{- $network := dict "controlPlane" (dict "namespace" .Release.Namespace) -}}
{{- $ours := dict "networkPolicy" $network "images" (dict "plantrace" $image) "ingress" (dict "service" $web) "settings" $settings -}}
{{- toYaml (mergeOverwrite $ours (deepCopy .Values.tenants.values)) -}}
{{- end }}

{{/* Changed values restart the pods that read them. */}}
{{- define "plantrace.tenants.digest" -}}
plantrace.io/tenants: {{ include "plantrace.tenants.values" . | sha256sum | trunc 16 | quote }}
{{- end }}

{{- define "plantrace.tenants.volume" -}}
- name: tenants
  configMap: { name: {{ include "plantrace.name" (list . "tenants") | quote }} }
{{- end }}
