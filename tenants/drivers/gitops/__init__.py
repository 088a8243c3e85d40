"""Driver `gitops`: one file per tenant in a git repository; Flux does the rest."""
