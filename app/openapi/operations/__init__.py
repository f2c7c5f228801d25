"""The operations of the interface, one file for each group of routes."""
