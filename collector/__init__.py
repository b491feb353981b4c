"""Asks platforms: one file per platform, each with `Settings`, `capabilities` and `collect`.

`SOURCES` finds them; `collector.base` says what a collector is.
"""

from core.registry import Registry

SOURCES = Registry("collector", "collect")
