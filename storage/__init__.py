"""The only room with SQL. `Store.open(url)` gives the store; its parts are named for the table family that they keep."""

from storage.store import Store

__all__ = ["Store"]
