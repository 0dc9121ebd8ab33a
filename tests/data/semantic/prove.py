"""Writes down which indicators agree with their independent SQL; ``make proven`` runs it once the tests have passed."""

from __future__ import annotations

from data import clock
from data.platform import standard_registry
from data.selfcheck.proven import write_proven
from data.semantic.digest import digest_of
from tests.data.semantic.oracles import ORACLES


def digests() -> dict[str, str]:
    """Digest of every declared indicator that has an oracle."""
    registry = standard_registry()
    return {indicator.code: digest_of(indicator, registry) for indicator in registry if indicator.code in ORACLES}


if __name__ == "__main__":
    write_proven(digests(), clock.today())
