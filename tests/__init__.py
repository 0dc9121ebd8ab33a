"""Tests; their tree mirrors the code's, ``support`` is what they share."""
