"""Forms of the councils, by subject."""
