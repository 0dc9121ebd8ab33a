"""Users, roles, scopes, sessions."""
