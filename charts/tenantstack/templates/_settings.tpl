{{/* How a process of our own image is reached. The same file in both charts, so that a tenant's own
     API pods count proxies, write links and end sessions as the shared ones do. Of a dict: settings, hosts (its names),
     podAddress (whether it also answers to its pod's address). */}}
{{- define "ours.settings" -}}
- { name: BASE_DOMAIN, value: {{ .settings.baseDomain | default "localhost" | quote }} }
{{- $hosts := prepend .hosts "localhost" }}
{{- if .podAddress }}
{{- $hosts = concat $hosts (list "$(POD_IP)" "[$(POD_IP)]") }}
- { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
{{- end }}
- { name: ALLOWED_HOSTS, value: {{ $hosts | compact | uniq | join "," | quote }} }
- { name: PUBLIC_URL, value: {{ .settings.publicUrl | quote }} }
- { name: CSRF_TRUSTED_ORIGINS, value: {{ join "," .settings.csrfTrustedOrigins | quote }} }
- { name: HTTPS, value: {{ .settings.https | quote }} }
- { name: TRUSTED_PROXIES, value: {{ .settings.trustedProxies | quote }} }
- { name: SESSION_IDLE_S, value: {{ .settings.sessionIdleSeconds | int64 | quote }} }
- { name: SESSION_MAX_S, value: {{ .settings.sessionMaxSeconds | int64 | quote }} }
- { name: LOG_LEVEL, value: {{ .settings.logLevel }} }
{{- end }}
