#!/usr/bin/env bash
# A tenant's life by each driver on a real Kubernetes of its own, where this machine can have one; else it says why not.
#   cluster-smoke.sh [PYTEST WORDS...]     by default tests/cluster/test_smoke.py
# What is missing is installed and built first, for BUILD_S seconds at the most (0: not at all).
set -euo pipefail
cd "$(dirname "$0")/.."
export CI=true
BUILD_S=${BUILD_S:-2400} IMAGES_S=600 START_S=240 TESTS_S=540
python=.venv/bin/python
skip() {
  echo "CLUSTER SMOKE SKIPPED: $1" >&2
  exit 0
}
missing() {
  while read -r package file; do [ -e "$file" ] || echo "$package"; done <tests/testbed/packages.txt
  tests/testbed/build.sh check 2>&1
}

[ "$(id -u)" = 0 ] || skip "the testbed needs root."
[ -x $python ] || skip "the project is not set up (make setup)."
unshare --mount --net sh -c 'mount -t tmpfs none /mnt && ip link add probe type bridge' 2>/dev/null ||
  skip "this machine lets nobody make mounts and network namespaces."

work=$(mktemp -d -t plantrace-smoke-XXXXXX)
finish() {
  timeout --kill-after=10 60 $python -m tests.testbed down --folder "$work/cluster" >/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
if [ -n "$(missing)" ] && [ "$BUILD_S" -gt 0 ]; then
  echo "Building the cluster's programs, for $((BUILD_S / 60)) minutes at the most"
  timeout --kill-after=30 "$BUILD_S" scripts/setup.sh cluster >"$work/build.log" 2>&1 ||
    skip "its programs were not built in $((BUILD_S / 60)) minutes: $(tail -n 3 "$work/build.log")"
fi
[ -z "$(missing)" ] || skip "what it needs is not there (scripts/setup.sh cluster): $(missing | paste -sd' ')"
timeout --kill-after=30 $IMAGES_S $python -m tests.testbed.images >"$work/images.log" 2>&1 ||
  skip "its images could not be made in $((IMAGES_S / 60)) minutes: $(tail -n 3 "$work/images.log")"
timeout --kill-after=30 $START_S $python -m tests.testbed up --folder "$work/cluster" --owner $$ >"$work/up.log" 2>&1 ||
  skip "no cluster starts here: $(tail -n 3 "$work/up.log")"
words=("$@")
[ $# -gt 0 ] || words=(tests/cluster/test_smoke.py)
timeout --kill-after=60 $TESTS_S $python -m tests.testbed exec --folder "$work/cluster" -- \
  $python -m pytest -m cluster "${words[@]}"
