"""What tests and benchmarks share: a PostgreSQL server, a running site, a browser."""
