"""What the services behind channels answer when all is well, as far as we speak with them: over the HTTP sink."""

import base64
import itertools
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.fakes.sink import Arrived, Reply, json_reply

BOT_TOKEN = "123456789:AAF-tajny-token-ktorego-nie-pokazuj"
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
Answer = Callable[[Arrived], Reply]


def teams(_: Arrived) -> Reply:
    """A workflow takes a card and says nothing."""
    return Reply(status=202, body=b"")


def ntfy(token: str) -> Answer:
    """A server that knows one token and the rules for topics."""

    def answer(arrived: Arrived) -> Reply:
        if arrived.headers["Authorization"] != f"Bearer {token}":
            return json_reply({"code": 40301, "http": 403, "error": "forbidden"}, 403)
        sent = arrived.json()
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", sent["topic"]) or len(sent["message"].encode()) > 4096 or len(sent["actions"]) > 3:
            return json_reply({"code": 40009, "http": 400, "error": "invalid request"}, 400)
        return json_reply({"id": "xE73Iyuabi", "time": 1_700_000_000, "event": "message", "topic": sent["topic"]})

    return answer


def twilio(token: str) -> Answer:
    """An account with one token; a number that ends in 0000 is no number."""
    numbers = itertools.count(1)

    def answer(arrived: Arrived) -> Reply:
        login = base64.b64encode(f"{ACCOUNT}:{token}".encode()).decode()
        if arrived.headers["Authorization"] != f"Basic {login}":
            return json_reply({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        sent = {name: values[0] for name, values in parse_qs(arrived.body.decode()).items()}
        if sent["To"].endswith("0000"):
            return json_reply({"code": 21211, "message": f"Invalid 'To' Phone Number: {sent['To']}", "status": 400}, 400)
        if len(sent["Body"]) > 1600:
            return json_reply({"code": 21617, "message": "too long", "status": 400}, 400)
        return json_reply({"sid": f"SM{next(numbers):032x}", "status": "queued", "num_segments": "0", "error_code": None}, 201)

    return answer


def mattermost(_: Arrived) -> Reply:
    """A webhook says "ok"."""
    return Reply(body=b"ok", headers={"Content-Type": "text/plain"})


def mattermost_bot(token: str) -> Answer:
    """A server with one bot, the person anna, and the posts that the bot wrote."""
    posts: set[str] = set()

    def answer(arrived: Arrived) -> Reply:
        if arrived.headers["Authorization"] != f"Bearer {token}":
            return json_reply({"id": "api.context.session_expired.app_error", "status_code": 401}, 401)
        path = arrived.path.removeprefix("/api/v4/")
        if path in ("users/me", "users/username/anna"):
            return json_reply({"id": "bot" * 8 + "ab" if path == "users/me" else "anna" * 6 + "ab"})
        if path == "channels/direct" and arrived.json() == ["bot" * 8 + "ab", "anna" * 6 + "ab"]:
            return json_reply({"id": "direct" * 4 + "ab"}, 201)
        if path == "posts":
            posts.add(f"post{len(posts)}")
            return json_reply({"id": f"post{len(posts) - 1}"}, 201)
        known = arrived.method == "PUT" and path.split("/")[1] in posts
        return json_reply({"id": path.split("/")[1]} if known else {"id": "api.not_found", "status_code": 404}, 200 if known else 404)

    return answer


def discord(token: str) -> Answer:
    """A bot's channels; a nonce that was seen gives the message of then."""
    numbers, seen = itertools.count(900_000_000_000_000_001), {}

    def answer(arrived: Arrived) -> Reply:
        if arrived.headers["Authorization"] != f"Bot {token}":
            return json_reply({"message": "401: Unauthorized", "code": 0}, 401)
        parts, sent = arrived.path.strip("/").split("/"), arrived.json()
        if parts[-3:] == ["users", "@me", "channels"]:
            return json_reply({"id": f"77{sent['recipient_id']}", "type": 1})
        if arrived.method == "PATCH":
            known = parts[-1] in {found["id"] for found in seen.values()}
            return json_reply({"id": parts[-1], "channel_id": parts[-3]} if known else {"code": 10008}, 200 if known else 404)
        if len(sent["content"]) > 2000 or len(sent["embeds"][0]["description"]) > 4096:
            return json_reply({"code": 50035, "message": "Invalid Form Body"}, 400)
        found = seen.setdefault(sent["nonce"], {"id": str(next(numbers)), "channel_id": parts[-2]})
        return json_reply(found)

    return answer


def telegram(token: str) -> Answer:
    """A bot's chats: messages that can be edited, once each into the same words."""
    numbers, texts = itertools.count(41), {}

    def answer(arrived: Arrived) -> Reply:
        if not arrived.path.startswith(f"/bot{token}/"):
            return json_reply({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        sent = arrived.json()
        if len(sent["text"].encode("utf-16-le")) // 2 > 4096:
            return json_reply({"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}, 400)
        if arrived.path.endswith("/editMessageText"):
            number, before = sent["message_id"], texts.get(sent["message_id"])
            if before is None:
                return json_reply({"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}, 400)
            if before == sent["text"]:
                return json_reply({"ok": False, "error_code": 400, "description": "Bad Request: message is not modified"}, 400)
        else:
            number = next(numbers)
        texts[number] = sent["text"]
        return json_reply({"ok": True, "result": {"message_id": number, "chat": {"id": sent["chat_id"]}}})

    return answer


def pagerduty(arrived: Arrived) -> Reply:
    """Takes events with a key of 32 characters."""
    sent = arrived.json()
    if len(sent["routing_key"]) != 32 or not 0 < len(sent["payload"]["summary"]) <= 1024:
        return json_reply({"status": "invalid event", "message": "Event object is invalid", "errors": ["routing_key"]}, 400)
    return json_reply({"status": "success", "message": "Event processed", "dedup_key": sent["dedup_key"]}, 202)


def opsgenie(key: str) -> Answer:
    """Takes requests with one key, and handles them later."""

    def answer(arrived: Arrived) -> Reply:
        if arrived.headers["Authorization"] != f"GenieKey {key}":
            return json_reply({"message": "Key format is not valid!", "took": 0.001, "requestId": "r-0"}, 422)
        sent = arrived.json()
        if "alias" in sent and (len(sent["message"]) > 130 or len(sent["description"]) > 15_000):
            return json_reply({"message": "Request body is not processable.", "took": 0.001, "requestId": "r-1"}, 422)
        return json_reply({"result": "Request will be processed", "took": 0.1, "requestId": "r-2"}, 202)

    return answer


def alertmanager(arrived: Arrived) -> Reply:
    """Takes alerts whose labels have legal names."""
    named = all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) and value for one in arrived.json() for name, value in one["labels"].items())
    return Reply(body=b"") if named else Reply(status=400, body=json.dumps({"error": "invalid label"}).encode())


def apprise(key: str) -> Answer:
    """A server with one list of services."""

    def answer(arrived: Arrived) -> Reply:
        return json_reply({"success": True}) if arrived.path == f"/notify/{key}" else json_reply({"error": "no such key"}, 404)

    return answer
