"""Views: declared group-bys over a collection, kept exact from the difference that each document makes."""
