"""Quotas: how many requests each caller may make, counted in Redis for all API workers together."""
