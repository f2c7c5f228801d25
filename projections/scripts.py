"""What scripts that run in Redis have in common."""

ALLOW_OOM = "#!lua flags=allow-oom\n"
"""First line of a script that may write few bytes also when Redis is out of memory.

Who is alive, who works on what, and that a rebuild is given up must still be told then.
"""
