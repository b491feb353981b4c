"""Sends messages: one file per channel, each with `Settings`, `capabilities` and `send`. `CHANNELS` finds them."""

from core.registry import Registry

CHANNELS = Registry("alerts.channels", "send")
