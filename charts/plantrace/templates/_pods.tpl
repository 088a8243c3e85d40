{{/* What all pods have in common: nothing of the namespace's services in their environment. */}}
{{- define "plantrace.pod" -}}
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "plantrace.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "plantrace.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "plantrace.image" -}}
image: {{ printf "%s:%s" .image.repository (.image.tag | default .default) | quote }}
imagePullPolicy: {{ .image.pullPolicy }}
{{- end }}

{{- define "plantrace.secretValue" -}}
- name: {{ index . 1 }}
  valueFrom: { secretKeyRef: { name: {{ (index . 0).Values.settings.secret | quote }}, key: {{ index . 1 | quote }} } }
{{- end }}

{{- define "plantrace.redisEnv" -}}
{{- if .Values.redis.bundled }}
{{- include "plantrace.secretValue" (list . "REDIS_PASSWORD") }}
- { name: REDIS_URL, value: "redis://:$(REDIS_PASSWORD)@{{ include "plantrace.name" (list . "redis") }}:6379/0" }
{{- else }}
{{- include "plantrace.secretValue" (list . "REDIS_URL") }}
{{- end }}
{{- end }}

{{- define "plantrace.env" -}}
{{- range tuple "SECRET_KEY" "FERNET_KEYS" }}
{{ include "plantrace.secretValue" (list $ .) }}
{{- end }}
- name: SECRET_KEY_FALLBACKS
  valueFrom: { secretKeyRef: { name: {{ .Values.settings.secret | quote }}, key: SECRET_KEY_FALLBACKS, optional: true } }
{{ include "plantrace.redisEnv" . }}
{{- if .Values.postgresql.bundled }}
{{ include "plantrace.secretValue" (list . "POSTGRES_PASSWORD") }}
- { name: DATABASE_URL, value: "postgres://plantrace:$(POSTGRES_PASSWORD)@{{ include "plantrace.name" (list . "postgresql") }}:5432/plantrace" }
{{- else }}
{{ include "plantrace.secretValue" (list . "DATABASE_URL") }}
{{- end }}
{{- if not .Values.documents.bundled }}
{{ include "plantrace.secretValue" (list . "MONGODB_URI") }}
{{- else if eq .Values.documents.kind "ferretdb" }}
- { name: MONGODB_URI, value: "mongodb://{{ include "plantrace.name" (list . "documents") }}:27017/" }
{{- else }}
{{ include "plantrace.secretValue" (list . "DOCUMENTS_PASSWORD") }}
- { name: MONGODB_URI, value: "mongodb://plantrace:$(DOCUMENTS_PASSWORD)@{{ include "plantrace.name" (list . "documents") }}:27017/?authSource=admin" }
{{- end }}
{{- with .Values.settings }}
{{- if .email }}
{{ include "plantrace.secretValue" (list $ "EMAIL_URL") }}
- { name: DEFAULT_FROM_EMAIL, value: {{ .emailFrom | quote }} }
{{- end }}
- { name: OUTBOUND_NETWORKS, value: {{ join "," .outboundNetworks | quote }} }
{{- $web := printf "%s.%s.svc" (include "plantrace.name" (list $ "web")) $.Release.Namespace }}{{/* as tenants' own pods ask it */}}
{{- $hosts := concat (list .baseDomain (printf ".%s" .baseDomain) $web (printf "%s.cluster.local" $web)) .allowedHosts }}
{{ include "ours.settings" (dict "settings" . "hosts" $hosts "podAddress" $.Values.serviceMonitor.enabled) }}
{{- end }}
{{ include "plantrace.tenants.env" . }}
{{- end }}

{{/* A container of our own image: (list $ name resources). Its home is ephemeral. */}}
{{- define "plantrace.container" -}}
{{- $ := index . 0 -}}
name: {{ index . 1 }}
{{ include "plantrace.image" (dict "image" $.Values.image "default" $.Chart.AppVersion) }}
securityContext:
  {{- include "plantrace.containerSecurity" . | nindent 2 }}
env:
  {{- include "plantrace.env" $ | nindent 2 }}
  {{- if eq (index . 1) "web" }}
  - { name: PROMETHEUS_MULTIPROC_DIR, value: /metrics } # where its processes put their counts together
  {{- end }}
  {{- if has (index . 1) (list "web" "control") }}
  - { name: TENANT_VALUES, value: /etc/plantrace/values.yaml }
  {{- end }}
  {{- if and $.Values.settings.push (has (index . 1) (list "web" "notifier")) }}
  {{- include "plantrace.secretValue" (list $ "VAPID_PRIVATE_KEY") | nindent 2 }}
  {{- end }}
  {{- if eq (index . 1) "jobs" }}
  - { name: JOB_RETENTION_DAYS, value: {{ $.Values.jobs.retentionDays | int64 | quote }} }
  - { name: JOB_RETENTION_COUNT, value: {{ $.Values.jobs.retentionCount | int64 | quote }} }
  {{- end }}
  {{- if eq (index . 1) "control" }}
  {{- include "plantrace.tenants.control" $ | nindent 2 }}
  {{- end }}
  {{- $secrets := list }}
  {{- if and $.Values.backups.bucket (has (index . 1) (list "web" "jobs")) }}
  - { name: BACKUP_FOLDER, value: {{ $.Values.backups.bucket | quote }} }
  {{- $secrets = append $secrets $.Values.backups.bucketSecret }}
  {{- end }}
  {{- if and $.Values.attachments.bucket (has (index . 1) (list "web" "jobs" "control")) }}
  - { name: EVENT_ATTACHMENTS, value: {{ $.Values.attachments.bucket | quote }} }
  {{- $secrets = append $secrets $.Values.attachments.bucketSecret }}
  {{- end }}
{{- with uniq $secrets }}
{{- if gt (len .) 1 }}
{{- fail "attachments.bucketSecret must be backups.bucketSecret: a process has one set of AWS_ variables" }}
{{- end }}
envFrom:
  - secretRef: { name: {{ first . | quote }} }
{{- end }}
resources:
  {{- toYaml (index . 2) | nindent 2 }}
volumeMounts:
  - { name: home, mountPath: /var/lib/plantrace }
  - { name: run, mountPath: /var/lib/plantrace/run }
  - { name: tmp, mountPath: /tmp }
  {{- if has (index . 1) (list "web" "control") }}
  - { name: tenants, mountPath: /etc/plantrace }
  {{- end }}
{{- end }}

{{/* Of the processes that write and list archives: a network policy lets them reach the bucket. */}}
{{- define "plantrace.bucketLabel" -}}
{{- if .Values.backups.bucket }}
plantrace.io/uses-bucket: "true"
{{- end }}
{{- end }}

{{/* Of the processes that store, read and delete attachments of events. */}}
{{- define "plantrace.attachmentsLabel" -}}
{{- if .Values.attachments.bucket }}
plantrace.io/uses-attachments: "true"
{{- end }}
{{- end }}

{{/* Of the processes that send notifications, and tests of their channels. */}}
{{- define "plantrace.notificationsLabel" -}}
{{- if .Values.networkPolicy.notificationEgress }}
plantrace.io/sends-notifications: "true"
{{- end }}
{{- end }}

{{/* None of our processes starts before the database has the schema that its code needs. */}}
{{- define "plantrace.wait" -}}
- {{ include "plantrace.container" (list . "wait" .Values.migrations.resources) | nindent 2 | trim }}
  command: [python, manage.py, await_database, --migrated]
{{- end }}

{{/* (list $ files): files are the home that web and jobs share. */}}
{{- define "plantrace.volumes" -}}
- name: home
  {{- if index . 1 }}
  persistentVolumeClaim: { claimName: {{ include "plantrace.files" (index . 0) | quote }} }
  {{- else }}
  emptyDir: {}
  {{- end }}
- { name: run, emptyDir: {} }
- { name: tmp, emptyDir: {} }
{{- end }}

{{/* On one node, where the files can only be there. */}}
{{- define "plantrace.filesAffinity" -}}
{{- if eq .Values.files.accessMode "ReadWriteOnce" -}}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector: { matchLabels: { plantrace.io/files: {{ .Release.Name | quote }} } }
{{- end }}
{{- end }}

{{/* A claim of its own: (list $ part values). Kept when the release is uninstalled. */}}
{{- define "plantrace.claim" -}}
{{- $values := index . 2 -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "plantrace.name" . | quote }}
  namespace: {{ (index . 0).Release.Namespace | quote }}
  labels:
    {{- include "plantrace.selector" . | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
    kustomize.toolkit.fluxcd.io/prune: disabled
spec:
  accessModes: [{{ $values.accessMode | default "ReadWriteOnce" }}]
  {{- with $values.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $values.size | quote }}
{{- end }}
