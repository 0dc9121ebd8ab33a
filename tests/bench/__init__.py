"""``make bench``: how fast the platform is on one and ten million rows. Benchmarks, never timed tests."""
