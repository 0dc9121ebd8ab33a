"""Pages: one module a URL, a layout made of components. ``register(app, platform)`` adds each."""
