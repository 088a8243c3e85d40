"""What the drivers `helm` and `gitops` share: a tenant's place in a Kubernetes cluster, its secrets, its disk."""
