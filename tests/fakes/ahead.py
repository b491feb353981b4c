"""Imported once by the process that others are forked from: what every start of Czujka imports and works out. Starts no thread."""

from importlib import import_module

from classifiers.rules.context import RuleContext
from classifiers.rules.engine import RuleEngine
from czujka.cli import ROOMS

for _room in ROOMS:
    import_module(f"czujka.verbs.{_room}")
import_module("czujka.running")
RuleEngine.load(RuleContext())
