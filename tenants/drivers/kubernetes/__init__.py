"""What the drivers `helm` and `gitops` share: a tenant's namespace in a Kubernetes cluster, its secrets, its disk."""
