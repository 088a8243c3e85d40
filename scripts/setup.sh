#!/usr/bin/env bash
# Installs and builds what the project needs, and skips what exists.
#   setup.sh            everything
#   setup.sh demo       without test dependencies, and without servers that the environment replaces (MONGODB_URI,
#                       REDIS_URL)
#   setup.sh bench      with the systems that benchmarks compare with (VictoriaMetrics)
#   setup.sh image      with the Debian packages that build container images
#   setup.sh cluster    with those, and Kubernetes' programs for the testbed (built once, about 25 minutes)
#   setup.sh check      only reports missing prerequisites that this script cannot install
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${PLANTRACE_CACHE:-$HOME/.cache/plantrace}"
stamps=var/.setup
say() { printf '  %s\n' "$*"; }
# Whether a built program is there and says that it is this version. Its output is read to the end: a pipe to `grep -q`
# may end it by SIGPIPE, which is a failure here.
is_version() {
  local program=$cache/bin/$1 version=$2
  [ -x "$program" ] && [[ $("$program" "$3" 2>/dev/null) == *"$version"* ]]
}

# Debian's Python before another that comes first in PATH, as pyenv's does: it was built with optimizations that pyenv leaves
# out, so our processes start a sixth faster and compute up to twice as fast.
find_python() {
  local each
  is_311() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }
  if is_311 /usr/bin/python3.11 && /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null; then
    echo /usr/bin/python3.11
    return
  fi
  for each in python3.11 python3; do
    is_311 $each && command -v $each && return
  done
}

missing=()
python=$(find_python || true)
[ -n "$python" ] || missing+=("Python 3.11: apt-get install python3.11 python3.11-venv")
node_major=$(node --version 2>/dev/null | sed -E 's/v([0-9]+).*/\1/' || true)
[ "${node_major:-0}" -ge 20 ] || missing+=("Node 20 or newer: Debian 12 has 18; take nodejs 20 from nodejs.org or NodeSource")
go_version=$(go version 2>/dev/null | sed -E 's/.*go([0-9]+\.[0-9]+).*/\1/' || true)
printf '1.26\n%s\n' "${go_version:-0}" | sort -CV || missing+=("Go 1.26 or newer: from go.dev/dl")
[ "$(id -u)" = 0 ] || { command -v redis-server && command -v chromium; } >/dev/null ||
  missing+=("root, or by hand: apt-get install redis-server chromium python3.11-venv")
[ "$(id -u)" = 0 ] || [ "${1:-}" = demo ] || [ -x /usr/sbin/mosquitto ] ||
  missing+=("root, or by hand: apt-get install mosquitto")
[ "$(id -u)" = 0 ] || [ "${1:-}" = demo ] || { command -v java && command -v mvn; } >/dev/null ||
  missing+=("root, or by hand: apt-get install openjdk-17-jre-headless maven")
[ "$(id -u)" = 0 ] || [ "${1:-}" != bench ] || command -v victoria-metrics >/dev/null ||
  missing+=("root, or by hand: apt-get install victoria-metrics")
if [ ${#missing[@]} -gt 0 ]; then
  echo "Missing on this machine:" >&2
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
fi
[ "${1:-}" = check ] && exit 0

# fresh FILE... NAME: whether the stamp NAME was made from exactly these files' contents
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
fresh() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
mkdir -p "$stamps" "$cache/bin"

packages=()
with_redis=yes with_documents=yes with_buckets=yes with_clients=yes
if [ "${1:-}" = demo ]; then
  with_buckets=no with_clients=no
  [ -z "${REDIS_URL:-}" ] || with_redis=no
  [ -z "${MONGODB_URI:-}" ] || with_documents=no
fi
[ $with_redis = no ] || command -v redis-server >/dev/null || packages+=(redis-server)
command -v chromium >/dev/null || packages+=(chromium)
[ $with_clients = no ] || [ -x /usr/sbin/mosquitto ] || packages+=(mosquitto)
[ $with_clients = no ] || command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
[ $with_clients = no ] || command -v mvn >/dev/null || packages+=(maven)
[ "${1:-}" != bench ] || command -v victoria-metrics >/dev/null || packages+=(victoria-metrics)
"$python" -c 'import ensurepip' 2>/dev/null || packages+=(python3.11-venv)
if [ "${1:-}" = cluster ] || [ "${1:-}" = image ]; then
  [ "$(id -u)" = 0 ] || { echo "This needs root: it makes mounts, cgroups and network namespaces." >&2; exit 1; }
  while read -r package file; do
    [ -e "$file" ] || packages+=("$package")
  done <tests/testbed/packages.txt
fi
if [ ${#packages[@]} -gt 0 ]; then
  say "Debian packages: ${packages[*]}"
  policy=/usr/sbin/policy-rc.d # no system service may start on installation
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  wait_for_lock=(-o DPkg::Lock::Timeout=300) # another checkout may be at it
  { apt-get update -qq "${wait_for_lock[@]}" &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wait_for_lock[@]}" "${packages[@]}"; } >var/.setup/apt.log 2>&1 ||
    { tail -n 20 var/.setup/apt.log >&2; exit 1; }
fi

servers() {
  if ! is_version influxd v1.8.10 version; then
    say "InfluxDB 1.8.10 (built once, about two minutes)"
    GOBIN="$cache/bin" CGO_ENABLED=0 go install -ldflags '-s -w -X main.version=1.8.10' \
      github.com/influxdata/influxdb/cmd/influxd@v1.8.10
  fi
  # Its command line, for tests of clients.
  if [ $with_clients = yes ] && ! is_version influx 1.8.10 -version; then
    say "InfluxDB's command line 1.8.10 (built once, about a minute)"
    GOBIN="$cache/bin" CGO_ENABLED=0 go install -ldflags '-s -w -X main.version=1.8.10' \
      github.com/influxdata/influxdb/cmd/influx@v1.8.10
  fi
  # An S3 server, for tests of archives in buckets.
  if [ $with_buckets = yes ] && ! is_version versitygw v1.8.0 --version; then
    say "Versity Gateway 1.8.0 (built once, about two minutes)"
    GOBIN="$cache/bin" CGO_ENABLED=0 go install -ldflags '-s -w -X main.Version=v1.8.0' \
      github.com/versity/versitygw/cmd/versitygw@v1.8.0
  fi
  [ $with_documents = no ] || ferretdb
  [ $with_clients = no ] || { telegraf; client_libraries; kafka; }
}
ferretdb() {
  local wanted
  wanted=$(digest platform/runtime/ferretdb/*)
  if [ ! -x "$cache/bin/ferretdb" ] || [ "$(cat "$cache/bin/.ferretdb" 2>/dev/null)" != "$wanted" ]; then
    say "FerretDB 1.24.2 (built once, about two minutes)"
    (cd platform/runtime/ferretdb &&
      CGO_ENABLED=0 go build -trimpath -tags ferretdb_no_postgresql -ldflags '-s -w' -o "$cache/bin/.ferretdb.new" .)
    mv "$cache/bin/.ferretdb.new" "$cache/bin/ferretdb"
    echo "$wanted" >"$cache/bin/.ferretdb"
  fi
}
# Telegraf with the plugins that docs/api/telegraf.md uses, as its own custom_builder would build it.
telegraf() {
  local plugins=(
    inputs.{http_listener_v2,mock,modbus,mqtt_consumer,opcua} outputs.{influxdb,influxdb_v2}
    parsers.{influx,json_v2,value} processors.unpivot
  )
  local wanted="1.37.2 ${plugins[*]}"
  if [ ! -x "$cache/bin/telegraf" ] || [ "$(cat "$cache/bin/.telegraf" 2>/dev/null)" != "$wanted" ]; then
    say "Telegraf 1.37.2 (built once, about two minutes)"
    GOBIN="$cache/bin" CGO_ENABLED=0 go install -tags "custom,$(IFS=,; echo "${plugins[*]}")" \
      -ldflags '-s -w -X github.com/influxdata/telegraf/internal.Version=1.37.2' \
      github.com/influxdata/telegraf/cmd/telegraf@v1.37.2
    echo "$wanted" >"$cache/bin/.telegraf"
  fi
}
# InfluxDB's libraries for Go in one program, for tests of clients.
client_libraries() {
  local wanted
  wanted=$(digest tests/ingest/clients/go/*)
  if [ ! -x "$cache/bin/influx-go-clients" ] || [ "$(cat "$cache/bin/.influx-go-clients" 2>/dev/null)" != "$wanted" ]; then
    say "InfluxDB's Go libraries (built once, about a minute)"
    (cd tests/ingest/clients/go && CGO_ENABLED=0 go build -ldflags '-s -w' -o "$cache/bin/.influx-go-clients.new" .)
    mv "$cache/bin/.influx-go-clients.new" "$cache/bin/influx-go-clients"
    echo "$wanted" >"$cache/bin/.influx-go-clients"
  fi
}
# Kafka from Maven Central, for tests of sinks.
kafka() {
  local wanted
  wanted=$(digest tests/alarms/sinks/kafka/pom.xml)
  if [ "$(cat "$cache/kafka/.pom" 2>/dev/null)" != "$wanted" ]; then
    say "Kafka 4.1.0 (fetched once)"
    rm -rf "$cache/kafka"
    mvn -q -B -f tests/alarms/sinks/kafka/pom.xml -Dmaven.repo.local="$cache/maven" \
      dependency:copy-dependencies -DoutputDirectory="$cache/kafka/libs" -DincludeScope=runtime
    rm -rf "$cache/maven"
    echo "$wanted" >"$cache/kafka/.pom"
  fi
}
# The Go builds use a lock, so that two checkouts do not build at once, and run beside the rest.
(flock 9; servers) 9>"$cache/.lock" >"$stamps/servers.log" 2>&1 &
builds=$!

wanted=$(digest requirements.txt requirements-dev.txt)
if [ ! -x .venv/bin/python ] || ! fresh python "$wanted"; then
  say "Python packages into .venv"
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
  echo "$wanted" >"$stamps/python"
fi

if [ -f frontend/package-lock.json ]; then
  wanted=$(digest frontend/package-lock.json)
  if [ ! -d frontend/node_modules ] || ! fresh node "$wanted"; then
    say "Node packages"
    (cd frontend && npm ci --no-audit --no-fund --loglevel=error)
    echo "$wanted" >"$stamps/node"
  fi
  clients=tests/ingest/clients/node
  wanted=$(digest $clients/package-lock.json)
  if [ $with_clients = yes ] && { [ ! -d $clients/node_modules ] || ! fresh node-clients "$wanted"; }; then
    say "InfluxDB's Node libraries"
    (cd $clients && npm ci --no-audit --no-fund --loglevel=error)
    echo "$wanted" >"$stamps/node-clients"
  fi
  wanted=$(git ls-files -z -co --exclude-standard frontend platform/twin/library 2>/dev/null | xargs -0r sha256sum 2>/dev/null | sha256sum | cut -d' ' -f1)
  if [ ! -f frontend/dist/index.html ] || ! fresh ui "$wanted"; then
    say "Web UI"
    (cd frontend && npm run --silent build >"../$stamps/ui.log" 2>&1) || { cat "$stamps/ui.log" >&2; exit 1; }
    echo "$wanted" >"$stamps/ui"
  fi
fi

[ -s "$stamps/servers.log" ] && cat "$stamps/servers.log"
wait $builds || { cat "$stamps/servers.log" >&2; exit 1; }
[ "${1:-}" != cluster ] || tests/testbed/build.sh
