"""To which platforms people link: where many do and we have no account, somebody must decide whether we want one."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

HOSTS: Mapping[str, str] = {
    "x.com": "x",
    "twitter.com": "x",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "instagram.com": "instagram",
    "tiktok.com": "tiktok",
    "threads.net": "threads",
    "threads.com": "threads",
    "linkedin.com": "linkedin",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "bsky.app": "bluesky",
    "reddit.com": "reddit",
    "wykop.pl": "wykop",
    "t.me": "telegram",
    "telegram.me": "telegram",
    "discord.gg": "discord",
    "discord.com": "discord",
    "twitch.tv": "twitch",
    "pinterest.com": "pinterest",
    "snapchat.com": "snapchat",
    "vk.com": "vk",
    "gowork.pl": "gowork",
    "trustpilot.com": "trustpilot",
}
"""Platforms by the hosts of their links; what stands before a host belongs to it (www, m, pl)."""

_LINK = re.compile(r"https?://(?:[a-z0-9-]{1,63}\.){0,4}?([a-z0-9-]{1,63}\.[a-z]{2,6})(?=[/?#:\s)\]]|$)", re.IGNORECASE)


def linked(posts: Iterable[tuple[str, str]], known: Collection[str]) -> Mapping[str, int]:
    """How many different authors link to each platform that is not `known`; `posts` are (author, text). One author counts once."""
    authors: defaultdict[str, set[str]] = defaultdict(set)
    for author, text in posts:
        for host in _LINK.findall(text):
            platform = HOSTS.get(host.casefold())
            if platform is not None and platform not in known:
                authors[platform].add(author)
    return {platform: len(who) for platform, who in sorted(authors.items())}
