"""Whole addresses of our pages, for what leaves the browser: links in mails, calendars, answers."""

from fastapi import Request

from core.settings import Settings


def address_of(request: Request, settings: Settings, path: str) -> str:
    """The address of a path (with a slash in front): below the configured one, else below the one that was called."""
    return (settings.web.url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/") + path
