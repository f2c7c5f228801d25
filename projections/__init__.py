"""Projections: rows in Redis that the projector keeps up to date with the log, and can rebuild from it."""
