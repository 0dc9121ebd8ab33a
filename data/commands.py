"""What all groups of commands have in common."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from data.errors import PlatformError


class Commands(AppGroup):
    """A group whose commands refuse in plain words instead of a stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a refusal goes to standard error with exit code 1."""
        try:
            return super().invoke(ctx)
        except PlatformError as error:
            raise click.ClickException(str(error)) from error
