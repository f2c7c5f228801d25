"""Metrics: what a worker counts of its own, and what the stores tell of all, in Prometheus' text format."""
