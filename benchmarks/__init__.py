"""What foldbase promises about speed and memory, measured beside small baselines on the same machine."""
