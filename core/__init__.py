"""The words all rooms speak: types, errors, settings, clock, text, HTTP, registry, metrics.

Imports nothing of ours. Start with `core.types` (what flows) and `core.settings` (what is configured).
"""
