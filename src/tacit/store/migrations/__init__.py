"""How the catalogue's tables came to be: alembic's environment, and one revision per change in `versions`."""
