"""What Bluesky is made of: post views as items, threads, sessions. Source: docs.bsky.app, "HTTP Reference"; atproto.com, "Lexicon"."""

from collector.atproto.posts import Ours, read_post, thread_posts
from collector.atproto.session import Session, session_for

__all__ = ["Ours", "Session", "read_post", "session_for", "thread_posts"]
