"""Pages for people, and the few addresses that machines ask: sign-in, inbox, incidents, conversations, posts, sources.

`create_app(context)` gives the application; `Context` is what the front door hands to it.
"""

from web.app import create_app
from web.context import Context

__all__ = ["Context", "create_app"]
