"""One file for each family of verbs; each names its commands in `VERBS`."""
