"""Declared collections: what a document of each must look like, and how it can be found.

A declaration is validated when it is made, kept in MongoDB, and held by every process in memory;
it imports nothing else of ours.
"""
