{{/* A Deployment of one of our processes. Of a dict:
     root, name, command, values (with resources and, where there may be several, replicas and autoscaling)
     labels    what it may reach, for network policies
     files     whether its home is the shared one
     account   a service account, and with it a token; without: none

     They have no probes: each of them ends when it cannot go on, and none listens. */}}
{{- define "plantrace.process" -}}
{{- $ := .root -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "plantrace.metadata" (list $ .name) | nindent 2 }}
spec:
  {{- if not (dig "autoscaling" "enabled" false .values) }}
  replicas: {{ .values.replicas | default 1 }}
  {{- end }}
  {{- if not .values.replicas }}
  strategy: { type: Recreate } # never two
  {{- end }}
  selector:
    matchLabels:
      {{- include "plantrace.selector" (list $ .name) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "plantrace.selector" (list $ .name) | nindent 8 }}
        plantrace.io/uses-stores: "true"
        {{- range .labels }}
        plantrace.io/{{ . }}: "true"
        {{- end }}
        {{- if .files }}
        plantrace.io/files: {{ $.Release.Name | quote }}
        {{- include "plantrace.bucketLabel" $ | nindent 8 }}
        {{- end }}
        {{- if eq .name "notifier" }}
        {{- include "plantrace.notificationsLabel" $ | nindent 8 }}
        {{- end }}
        {{- if or .files (eq .name "control") }}
        {{- include "plantrace.attachmentsLabel" $ | nindent 8 }}
        {{- end }}
      {{- if eq .name "control" }}
      annotations:
        {{- include "plantrace.tenants.digest" $ | nindent 8 }}
      {{- end }}
    spec:
      {{- include "plantrace.pod" $ | nindent 6 }}
      {{- if .account }}
      serviceAccountName: {{ .account | quote }}
      {{- end }}
      automountServiceAccountToken: {{ not (empty .account) }}
      securityContext:
        {{- include "plantrace.podSecurity" 10001 | nindent 8 }}
      {{- if .files }}
      {{- include "plantrace.filesAffinity" $ | nindent 6 }}
      {{- end }}
      terminationGracePeriodSeconds: 60
      initContainers:
        {{- include "plantrace.wait" $ | nindent 8 }}
      containers:
        - {{ include "plantrace.container" (list $ .name .values.resources) | nindent 10 | trim }}
          command: {{ toJson .command }}
      volumes:
        {{- include "plantrace.volumes" (list $ .files) | nindent 8 }}
        {{- if eq .name "control" }}
        {{- include "plantrace.tenants.volume" $ | nindent 8 }}
        {{- end }}
{{- end }}
