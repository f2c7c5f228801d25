"""The baselines: the least a program of the same kind has to do, each in one small file."""
