"""What stands between a socket and a route: the guarded HTTP protocol and strict JSON."""
