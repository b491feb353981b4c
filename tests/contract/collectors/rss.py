"""Feeds as sites serve them: RSS 2.0 with comment feeds, paged Atom, paged JSON Feed, and RDF without any ids."""

import hashlib
from abc import abstractmethod
from email.utils import format_datetime
from html import escape

from collector.rss import Settings
from tests.fakes.platform import Feature, Platform, Post, expect, reply_json
from tests.fakes.server import Reply, Request

OURS, STRANGER = "Mleczarnia Polna", "Jan Nowak"
COMMON = frozenset({Feature.HTTP, Feature.LATE, Feature.CLAIMS, Feature.EDITS, Feature.OURS, Feature.CONDITIONAL})


class _Site(Platform):
    """A site with a feed; its ETag is a digest of what it serves."""

    kind = "rss"
    path = "/feed.xml"

    def settings(self) -> Settings:
        return Settings(id="feed", kind="rss", url=f"{self.server.url}{self.path}", ours=(OURS,))

    def external_id(self, post: Post) -> str:
        return f"tag:example.com,2026:{post.number}"

    def answer(self, request: Request) -> Reply:
        expect(request.method == "GET", "GET")
        expect("authorization" not in request.headers, "no credentials")
        expect("xml" in request.headers.get("accept", ""), "an Accept header that names feeds")
        reply = self.serve(request)
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        return Reply(reply.status, reply.body, reply.headers | {"ETag": etag})

    @abstractmethod
    def serve(self, request: Request) -> Reply:
        raise AssertionError

    def articles(self) -> list[Post]:
        return [post for post in self.shown() if post.parent is None]

    def author(self, post: Post) -> str:
        return OURS if post.ours else STRANGER

    def page(self, request: Request) -> tuple[list[Post], int | None]:
        """The posts of the page asked for, and the number of the next one."""
        number = int(request.query.get("page", "1"))
        end = number * self.page_size
        return self.articles()[end - self.page_size : end], number + 1 if len(self.articles()) > end else None


class WithComments(_Site):
    name = "rss-comments"
    features = COMMON | {Feature.COMMENTS, Feature.UNREADABLE}
    requires = ("/feed.xml",)

    def settings(self) -> Settings:
        return Settings(id="blog", kind="rss", url=f"{self.server.url}{self.path}", comments=True, scope="official", ours=(OURS,))

    def serve(self, request: Request) -> Reply:
        if request.path == self.path:
            return self._rss(self.articles())
        number = request.path.removeprefix("/comments/").removesuffix(".xml")
        expect(number.isdigit() and not request.query, "the feed or a comment feed")
        return self._rss(self.under(self.posts[int(number) - 1]))

    def _rss(self, posts: list[Post]) -> Reply:
        items = "".join(self._item(post) for post in posts)
        body = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Blog</title><link>{self.server.url}/</link><description>Mleczarnia</description>{items}</channel></rss>"""
        return Reply(200, body.encode(), {"Content-Type": "application/rss+xml; charset=utf-8"})

    def _item(self, post: Post) -> str:
        if post.broken:
            return "<item><pubDate>whenever</pubDate></item>"
        text = escape(f"<p>{escape(post.text, quote=False)}</p>")
        comments = "" if post.parent else f"<wfw:commentRss>{self.server.url}/comments/{post.number}.xml</wfw:commentRss>"
        return f"""<item><title>Wpis</title><link>{self.server.url}/wpis/{post.number}</link>
<guid isPermaLink="false">{self.external_id(post)}</guid><dc:creator>{self.author(post)}</dc:creator>
<pubDate>{format_datetime(post.created_at)}</pubDate><description>{text}</description>{comments}</item>"""

    def edit(self, post: Post, text: str) -> None:
        """RSS says nothing of edits but the new text."""
        post.text = text


class PagedAtom(_Site):
    name = "rss-atom"
    features = COMMON | {Feature.PAGES, Feature.EMPTY_PAGES}

    def serve(self, request: Request) -> Reply:
        expect(request.path == self.path, "the feed")
        (posts, following), again = self.page(request), ""
        if request.query and Feature.EMPTY_PAGES in self.quirks and "again" not in request.query:
            posts, following, again = [], int(request.query["page"]), "&amp;again=1"
        link = f'<link rel="next" href="?page={following}{again}"/>' if following else ""
        entries = "".join(self._entry(post) for post in posts)
        body = f"""<?xml version="1.0" encoding="windows-1250"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>Aktualności</title><id>tag:example.com,2026:feed</id><updated>2026-03-10T12:00:00Z</updated>{link}{entries}</feed>"""
        return Reply(200, body.encode("windows-1250"), {"Content-Type": "application/atom+xml"})

    def _entry(self, post: Post) -> str:
        updated = post.edited_at or post.created_at
        return f"""<entry><id>{self.external_id(post)}</id><title>Wpis</title><author><name>{self.author(post)}</name></author>
<link href="{self.server.url}/wpis/{post.number}"/><published>{post.created_at.isoformat()}</published>
<updated>{updated.isoformat()}</updated><content type="text">{escape(post.text)}</content></entry>"""


class JsonFeed(_Site):
    name = "rss-json"
    features = COMMON | {Feature.PAGES, Feature.UNREADABLE, Feature.JSON}
    path = "/feed.json"
    requires = ("/feed.json",)

    def serve(self, request: Request) -> Reply:
        expect(request.path == self.path, "the feed")
        posts, following = self.page(request)
        items = [self._item(post) for post in posts]
        rest: dict[str, object] = {"next_url": f"{self.server.url}{self.path}?page={following}"} if following else {}
        return reply_json({"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": items} | rest)

    def _item(self, post: Post) -> dict[str, object]:
        modified: dict[str, object] = {"date_modified": post.edited_at.isoformat()} if post.edited_at else {}
        return modified | {
            "id": None if post.broken else self.external_id(post),
            "url": 7 if post.broken else f"{self.server.url}/wpis/{post.number}",
            "content_html": f"<p>{escape(post.text, quote=False)}</p>",
            "date_published": post.created_at.isoformat(),
            "authors": [{"name": self.author(post)}],
        }


class RdfWithoutIds(_Site):
    name = "rss-rdf"
    features = COMMON - {Feature.EDITS}

    def external_id(self, post: Post) -> str:
        return f"{self.server.url}/wpis/{post.number}"

    def serve(self, request: Request) -> Reply:
        expect(request.path == self.path and not request.query, "the feed")
        items = "".join(
            f"""<item rdf:about="{self.server.url}/wpis/{post.number}"><title>{escape(escape(post.text, quote=False))}</title>
<link>{self.server.url}/wpis/{post.number}</link><dc:creator>{self.author(post)}</dc:creator>
<dc:date>{post.created_at.isoformat()}</dc:date></item>"""
            for post in self.articles()
        )
        body = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{self.server.url}/"><title>Portal</title></channel>{items}</rdf:RDF>"""
        return Reply(200, body.encode(), {"Content-Type": "text/xml"})
