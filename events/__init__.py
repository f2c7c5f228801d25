"""The event log: commits, positions, appending in groups, reading in order.

Every promise of foldbase rests on this folder; it imports nothing else of ours.
"""
