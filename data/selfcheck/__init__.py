"""The registry's self-check: what of declarations, sources, targets and limits does not hold together, and remedies."""
