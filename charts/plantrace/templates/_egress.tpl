{{/* An IPv4 range as a NetworkPolicy's ipBlock, without the link-local addresses, where clouds serve credentials. */}}
{{- define "egress.block" -}}
{{- $bits := splitList "/" . | last | int -}}
{{- $size := 1 -}}
{{- range until (sub 32 $bits | int) }}{{ $size = mul $size 2 }}{{ end -}}
{{- $address := 0 -}}
{{- range splitList "/" . | first | splitList "." }}{{ $address = add (mul $address 256) (int .) }}{{ end -}}
{{- $local := 2851995648 -}}{{/* 169.254.0.0 */}}
{{- if and (ge $bits 16) (eq (div $address 65536) (div $local 65536)) -}}
{{- fail (printf "networkPolicy.extraEgress: %s is link-local, where clouds tell their secrets; name another range" .) -}}
{{- end -}}
ipBlock:
  cidr: {{ . }}
  {{- if and (lt $bits 16) (eq (div $address $size) (div $local $size)) }}
  except: [169.254.0.0/16]
  {{- end }}
{{- end }}

{{/* Rules of a list of {cidr, ports}. */}}
{{- define "egress.rules" -}}
{{- range . }}
- to:
    - {{- include "egress.block" .cidr | nindent 6 }}
  ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}
{{- end }}

{{/* Pods by labels in a namespace by name. */}}
{{- define "egress.pods" -}}
- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .namespace | quote }} } }
  podSelector:
    {{- if .labels }}
    matchLabels:
      {{- toYaml .labels | nindent 6 }}
    {{- else }} {}
    {{- end }}
{{- end }}

{{/* DNS, from the cluster's servers only. */}}
{{- define "egress.dns" -}}
- to:
    {{- include "egress.pods" . | nindent 4 }}
    {{- range .addresses }}
    - ipBlock: { cidr: {{ . }}/32 }
    {{- end }}
  ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- end }}
