"""Keyed requests that are no commands on documents: one effect each, and one answer."""
