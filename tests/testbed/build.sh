#!/usr/bin/env bash
# Builds the testbed's programs from pinned Go modules into the cache: about 25 minutes once, seconds after that.
#   build.sh            build what is missing or of another version than versions.env says
#   build.sh check      only say what is missing, and fail if something is
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=versions.env
. ./versions.env
here=$PWD
cache="${PLANTRACE_CACHE:-$HOME/.cache/plantrace}"
bin=$cache/bin
share=$cache/testbed # custom resource definitions and KWOK's stages
say() { printf '  %s\n' "$*"; }

# is_built PROGRAM MODULE VERSION: a Go program knows what it was built from.
is_built() { [ -x "$bin/$1" ] && go version -m "$bin/$1" | grep -qP "^\t(mod|dep)\t\Q$2\E\t\Q$3\E(\t|$)"; }

# PROGRAM MODULE VERSION
programs() {
  local each
  for each in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl; do
    echo "$each k8s.io/kubernetes $KUBERNETES"
  done
  echo "etcd go.etcd.io/etcd/server/v3 $ETCD"
  echo "coredns github.com/coredns/coredns $COREDNS"
  echo "kwok sigs.k8s.io/kwok $KWOK"
  echo "source-controller github.com/fluxcd/source-controller $SOURCE_CONTROLLER"
  echo "helm-controller github.com/fluxcd/helm-controller $HELM_CONTROLLER"
  echo "kustomize-controller github.com/fluxcd/kustomize-controller $KUSTOMIZE_CONTROLLER"
}
missing() {
  programs | while read -r name module version; do is_built "$name" "$module" "$version" || echo "$name"; done
  [ "$(cat "$share/.versions" 2>/dev/null)" = "$(wanted_manifests)" ] || echo manifests
}
wanted_manifests() { cat versions.env build.sh | sha256sum | cut -d' ' -f1; }

# module NAME REQUIRED@VERSION REPLACEMENT...: a module of our own around another's program, in $work/NAME. `go install`
# refuses modules with replace directives, and does not apply those of what it installs; so we repeat them.
module() {
  local name=$1 required=$2 each
  shift 2
  mkdir -p "$work/$name"
  cd "$work/$name"
  printf 'module testbed/%s\n\ngo 1.26.0\n\ngodebug default=go1.24\n\nrequire %s\n' "$name" "${required/@/ }" >go.mod
  for each in "$@"; do go mod edit -replace "$each"; done
}
# compile PROGRAM PACKAGE [FLAGS]: aside and renamed, so that a program is whole or not there.
compile() {
  go build -p 2 -ldflags "-s -w ${3:-}" -o "$work/out/$1" "$2"
  mv "$work/out/$1" "$bin/$1"
}

kubernetes() {
  local staging="api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap
    code-generator component-base component-helpers controller-manager cri-api cri-client csi-translation-lib
    dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator kube-controller-manager kube-proxy
    kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission sample-apiserver sample-cli-plugin
    sample-controller"
  local replacements=() each version=k8s.io/component-base/version
  for each in $staging; do replacements+=("k8s.io/$each=k8s.io/$each@v0.${KUBERNETES#v1.}"); done
  module kubernetes "k8s.io/kubernetes@$KUBERNETES" "${replacements[@]}"
  for each in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl; do
    is_built "$each" k8s.io/kubernetes "$KUBERNETES" || compile "$each" "k8s.io/kubernetes/cmd/$each" \
      "-X $version.gitVersion=$KUBERNETES -X $version.gitMajor=1 -X $version.gitMinor=34"
  done
}

digest=github.com/opencontainers/go-digest
kustomize_api=sigs.k8s.io/kustomize/api=sigs.k8s.io/kustomize/api@v0.21.1
kustomize_kyaml=sigs.k8s.io/kustomize/kyaml=sigs.k8s.io/kustomize/kyaml@v0.21.1
flux() { # NAME VERSION REPLACEMENT...
  local name=$1 version=$2
  shift 2
  module "$name" "github.com/fluxcd/$name@$version" "github.com/fluxcd/$name/api=github.com/fluxcd/$name/api@$version" "$@"
  compile "$name" "github.com/fluxcd/$name"
}

build() { # PROGRAM
  case $1 in
    kube*) kubernetes ;;
    etcd)
      module etcd "go.etcd.io/etcd/server/v3@$ETCD"
      compile etcd go.etcd.io/etcd/server/v3
      ;;
    coredns) GOBIN=$bin go install -ldflags '-s -w' "github.com/coredns/coredns@$COREDNS" ;;
    kwok) GOBIN=$bin go install -ldflags '-s -w' "sigs.k8s.io/kwok/cmd/kwok@$KWOK" ;;
    source-controller) flux "$1" "$SOURCE_CONTROLLER" "$digest=$digest@v1.0.1-0.20220411205349-bde1400a84be" ;;
    helm-controller)
      flux "$1" "$HELM_CONTROLLER" "$digest=$digest@v1.0.1-0.20231025023718-d50d2fec9c98" "$kustomize_api" "$kustomize_kyaml" ;;
    kustomize-controller)
      flux "$1" "$KUSTOMIZE_CONTROLLER" "$digest=$digest@v1.0.1-0.20220411205349-bde1400a84be" "$kustomize_api" \
        "$kustomize_kyaml" gopkg.in/yaml.v3=gopkg.in/yaml.v3@v3.0.1 ;;
  esac
}

folder_of() { go mod download -json "$1" | sed -nE 's/^\s*"Dir": "(.*)",?$/\1/p'; } # MODULE@VERSION
generated_crds() {                                                              # MODULE@VERSION: from its Go types
  module "${1//[^a-z]/-}" "$1"
  go get "${1%@*}/v1@${1#*@}" 2>"$work/get.log" || { cat "$work/get.log" >&2; return 1; }
  cd "$(go list -m -f '{{.Dir}}' "${1%@*}")"
  go run "sigs.k8s.io/controller-tools/cmd/controller-gen@$CONTROLLER_TOOLS" crd paths=./v1 output:crd:dir="$new/crds"
}
manifests() {
  local new=$work/share name version stages
  mkdir -p "$new/crds"
  for name in source-controller@"$SOURCE_CONTROLLER" helm-controller@"$HELM_CONTROLLER" kustomize-controller@"$KUSTOMIZE_CONTROLLER"; do
    cp "$(folder_of "github.com/fluxcd/$name")"/config/crd/bases/*.yaml "$new/crds"
  done
  cp "$(folder_of "github.com/prometheus-operator/prometheus-operator@$PROMETHEUS_OPERATOR")"/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml "$new/crds"
  generated_crds "github.com/fluxcd/image-reflector-controller/api@$IMAGE_REFLECTOR_API"
  generated_crds "github.com/fluxcd/image-automation-controller/api@$IMAGE_AUTOMATION_API"
  stages=$(folder_of "sigs.k8s.io/kwok@$KWOK")/kustomize/stage
  for name in node/fast node/heartbeat-with-lease pod/fast; do
    "$bin/kubectl" kustomize --load-restrictor LoadRestrictionsNone "$stages/$name"
    echo ---
  done >"$new/stages.yaml"
  chmod -R u+w "$new"
  (cd "$here" && wanted_manifests) >"$new/.versions"
  rm -rf "$share" && mv "$new" "$share"
}

if [ "${1:-}" = check ]; then
  found=$(missing | paste -sd' ')
  [ -z "$found" ] || { echo "Not built: $found; \`scripts/setup.sh cluster\` builds them." >&2; exit 1; }
  exit 0
fi
mkdir -p "$bin"
exec 9>"$cache/.testbed.lock" # two checkouts do not build at once
flock 9
[ -n "$(missing)" ] || exit 0
work=$(mktemp -d "$cache/.build.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/out"
export CGO_ENABLED=0 GOFLAGS=-mod=mod
say "Programs of the testbed (Kubernetes, Flux and others: built once, about 25 minutes)"
for name in $(missing); do
  cd "$here"
  if [ "$name" = manifests ]; then
    manifests
    continue
  fi
  line=$(programs | grep "^$name ") && read -r _ module version <<<"$line"
  is_built "$name" "$module" "$version" && continue
  say "$name $version"
  build "$name"
done
