{{/* What all pods have in common: no token, no rights, nothing of the namespace's services in their environment
     (a service named influxdb would set INFLUXDB_PORT, and INFLUXDB_… are influxd's own settings). */}}
{{- define "tenantstack.pod" -}}
serviceAccountName: {{ include "tenantstack.name" (list . "account") | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "tenantstack.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "tenantstack.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "tenantstack.image" -}}
{{- $image := get (index . 0).Values.images (index . 1) -}}
image: {{ printf "%s:%s" $image.repository ($image.tag | default (index . 0).Chart.AppVersion) | quote }}
imagePullPolicy: {{ $image.pullPolicy }}
{{- end }}

{{/* Our own image: uid of its Dockerfile, settings, and the two folders that it writes to. Its credentials open what is this
     tenant's, and none of the platform's keys is among them. */}}
{{- define "tenantstack.ours.uid" -}}10001{{- end }}

{{/* Pods read the Secret when they start, so they are replaced when it has changed. */}}
{{- define "tenantstack.ours.annotations" -}}
{{- with .Values.settings.credentialsVersion -}}
annotations: { plantrace.io/credentials-version: {{ . | quote }} }
{{- end }}
{{- end }}

{{- define "tenantstack.ours.container" -}}
{{ include "tenantstack.image" (list . "plantrace") }}
securityContext:
  {{- include "tenantstack.containerSecurity" . | nindent 2 }}
env:
  {{- range tuple "REDIS_URL" "MONGODB_URI" "CONTROL_URL" "CONTROL_TOKEN" }}
  - name: {{ . | quote }}
    valueFrom: { secretKeyRef: { name: {{ $.Values.settings.secret | quote }}, key: {{ . | quote }} } }
  {{- end }}
  {{- range $user := tuple "writer" "reader" }}
  {{- range $variable, $key := dict "USER" "username" "PASSWORD" "password" }}
  - name: {{ printf "INFLUXDB_%s_%s" (upper $user) $variable | quote }}
    valueFrom: { secretKeyRef: { name: {{ $.Values.influxdb.secret | quote }}, key: {{ printf "%s-%s" $user $key | quote }} } }
  {{- end }}
  {{- end }}
  {{- if .Values.attachments.bucket }}
  - { name: EVENT_ATTACHMENTS, value: {{ .Values.attachments.bucket | quote }} }
  {{- end }}
  {{- include "ours.settings" (dict "settings" .Values.settings "hosts" (list .Values.tenant.fqdn)) | nindent 2 }}
{{- end }}

{{/* Credentials of the bucket of attachments, of the pods that store and read them. */}}
{{- define "tenantstack.attachments.env" -}}
{{- if .Values.attachments.bucket }}
envFrom:
  - secretRef: { name: {{ .Values.attachments.bucketSecret | quote }} }
{{- end }}
{{- end }}

{{- define "tenantstack.attachments.labels" -}}
{{- if .Values.attachments.bucket }}
plantrace.io/uses-attachments: "true"
{{- end }}
{{- end }}

{{- define "tenantstack.ours.mounts" -}}
- { name: home, mountPath: /var/lib/plantrace }
- { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "tenantstack.ours.volumes" -}}
- { name: home, emptyDir: {} }
- { name: tmp, emptyDir: {} }
{{- end }}
