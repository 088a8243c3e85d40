"""A real one-node Kubernetes on this machine, for tests: plain processes in a network namespace that has no way out.

`python -m tests.testbed up` starts one, `down` stops it and removes what it created; see docs/operator/testbed.md.
"""
