"""The read side: documents and lists served from projections, at a position the answer names."""
