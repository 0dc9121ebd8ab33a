"""Boards: what a page shows, said in parts; each part asks its questions and draws its answers."""
