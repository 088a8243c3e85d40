"""Driver `gitops`: one file per tenant in a git repository, which Flux reconciles."""
