"""``make bench``: how fast the platform is on five million sales. Benchmarks, never timed tests."""
