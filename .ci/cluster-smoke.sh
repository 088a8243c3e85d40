#!/usr/bin/env bash
# A smoke of the whole on a real Kubernetes of its own: skipped, and said so, where its programs cannot be built in time.
#   cluster-smoke.sh [PYTEST WORDS...]     by default those below
set -euo pipefail
cd "$(dirname "$0")/.."
export CI=true
BUILD_S=2400 IMAGE_S=1200 TESTS_S=900
skip() {
  echo "CLUSTER SMOKE SKIPPED: $1" >&2
  exit 0
}

[ "$(id -u)" = 0 ] || skip "the testbed needs root."
status=0
timeout --kill-after=30 "$BUILD_S" scripts/setup.sh cluster || status=$?
[ "$status" != 124 ] && [ "$status" != 137 ] || skip "the cluster's programs are not built after $((BUILD_S / 60)) minutes."
[ "$status" = 0 ] || exit "$status"

timeout --kill-after=30 "$IMAGE_S" .venv/bin/python -m k8s.testbed.images
# SIGTERM first, and time to end the cluster in order; what is left all the same, the next run removes.
words=("$@")
[ $# -gt 0 ] || words=(tests/cluster/test_testbed.py tests/cluster/test_flux.py tests/cluster/test_charts.py)
timeout --kill-after=60 "$TESTS_S" .venv/bin/python -m k8s.testbed run -- .venv/bin/python -m pytest -m cluster "${words[@]}"
