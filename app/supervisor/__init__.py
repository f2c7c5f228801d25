"""`foldbase up`: everything on one machine as plain processes, started again when they die."""
