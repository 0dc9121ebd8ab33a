"""Real input: a source is read, mapped, checked, and each row lands, corrects, changes nothing, or is sent back."""
