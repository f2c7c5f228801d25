"""Processes that are copies of this one: they start at once, as what they run on is imported already."""
