"""The application: everything below is put together here, and nothing is decided."""

from __future__ import annotations

from flask import Flask

import components
import pages
from components.delivery import Delivery
from components.site import complete, make_site, modules_that_register
from data import log
from data.access.web import protect
from data.cli import register_commands
from data.platform import Platform
from data.semantic.registry import Registry
from data.settings import ROOT, Settings


def create_app(settings: Settings | None = None, registry: Registry | None = None) -> Flask:
    """The site of one installation; may be called several times in a process."""
    settings = settings or Settings()
    log.configure(settings.log_level)
    platform = Platform(settings, registry)
    server = Flask("app", static_folder=None, template_folder=str(ROOT / "pages" / "templates"))
    server.extensions["platform"] = platform
    protect(server, platform.db, settings)
    app = make_site(server)
    delivery = Delivery(app, settings.instance_path / "packed")
    delivery.install()
    for module in modules_that_register(components, pages):
        module.register(app, platform)
    complete(app)
    register_commands(server, platform, pack=delivery.pack_all, shown=server.extensions["boards"].codes)
    return server
