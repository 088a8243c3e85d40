"""Shared by the drivers `helm` and `gitops`: a tenant's namespace in a Kubernetes cluster, its secrets, its disk."""
