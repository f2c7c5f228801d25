"""Importing files: rows of CSV, NDJSON or JSON become documents, through the same commands as any write."""
