"""The write side: read, fold, decide, append; on conflict, again."""
