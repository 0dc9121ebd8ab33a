"""Alembic revisions: ``env.py`` runs them, ``data.migrate`` is the way in."""
