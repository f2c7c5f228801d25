"""Exports: a collection as it was at one position, folded from the log and written for analysts' tools."""
