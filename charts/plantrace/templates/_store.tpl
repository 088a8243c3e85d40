{{/* A bundled store: one StatefulSet with its claim and service. Of a dict:
     root, name, values, port, mount, prepare (an init container, may be empty), container (what differs) */}}
{{- define "plantrace.store" -}}
{{- $ := .root -}}
{{ include "plantrace.claim" (list $ .name .values) }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "plantrace.metadata" (list $ .name) | nindent 2 }}
spec:
  selector:
    {{- include "plantrace.selector" (list $ .name) | nindent 4 }}
  ports:
    - { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .port }} }
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "plantrace.metadata" (list $ .name) | nindent 2 }}
spec:
  serviceName: {{ include "plantrace.name" (list $ .name) | quote }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "plantrace.selector" (list $ .name) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "plantrace.selector" (list $ .name) | nindent 8 }}
        plantrace.io/store: "true"
    spec:
      {{- include "plantrace.pod" $ | nindent 6 }}
      automountServiceAccountToken: false
      securityContext:
        {{- include "plantrace.podSecurity" .values.uid | nindent 8 }}
      terminationGracePeriodSeconds: 120
      {{- with .prepare }}
      initContainers:
        {{- . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .name }}
          {{- include "plantrace.image" (dict "image" .values.image) | nindent 10 }}
          securityContext:
            {{- include "plantrace.containerSecurity" $ | nindent 12 }}
          ports:
            - { name: {{ .name }}, containerPort: {{ .port }} }
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          {{- .container | nindent 10 }}
      volumes:
        - name: data
          persistentVolumeClaim: { claimName: {{ include "plantrace.name" (list $ .name) | quote }} }
        - { name: tmp, emptyDir: {} }
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end }}
