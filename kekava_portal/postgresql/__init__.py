"""Django's PostgreSQL backend, with one thing more: see `base`."""
