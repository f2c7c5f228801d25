"""Pages for people: the reference at /docs and the explanations of problems, complete in themselves."""
