"""The demonstration city: invented, stamped, deterministic by (seed, day), topped up to now at each start."""

from data.demo.remove import remove_demo
from data.demo.write import ensure, fill, top_up

__all__ = ["ensure", "fill", "remove_demo", "top_up"]
