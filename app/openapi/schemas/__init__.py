"""The schemas of bodies, by the names they have among the components of the document."""
