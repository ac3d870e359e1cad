"""The way out: merged view, Prometheus text, Redis, board and generated files."""
