"""Slack's Web API as far as we speak it, over the HTTP sink: rooms, a token, messages that can be edited."""

import itertools
from typing import Any

from tests.fakes.sink import Arrived, Reply, Sink, json_reply

TOKEN = "xoxb-81726354-tajny-token"


class Slack(Sink):
    """Knows one token, the rooms C… and the people U… (their room is D…). `messages` is what one would see there, by "room:ts"."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.messages: dict[str, dict[str, Any]] = {}
        self.posted = 0
        self._ts = itertools.count(1)

    def _answer(self, arrived: Arrived) -> Reply:
        if arrived.headers["Authorization"] != f"Bearer {TOKEN}":
            return json_reply({"ok": False, "error": "invalid_auth"})
        sent = arrived.json()
        room = "D" + sent["channel"][1:] if sent["channel"].startswith("U") else sent["channel"]
        if not room.startswith(("C", "D")):
            return json_reply({"ok": False, "error": "channel_not_found"})
        if arrived.path.endswith("/chat.postEphemeral"):
            return json_reply({"ok": True, "message_ts": "1700000000.000000"})
        return self._update(room, sent) if arrived.path.endswith("/chat.update") else self._post(room, sent)

    def _post(self, room: str, sent: dict[str, Any]) -> Reply:
        ts = f"1700000000.{next(self._ts):06d}"
        self.posted += 1
        self.messages[f"{room}:{ts}"] = sent
        return json_reply({"ok": True, "channel": room, "ts": ts})

    def _update(self, room: str, sent: dict[str, Any]) -> Reply:
        if f"{room}:{sent['ts']}" not in self.messages:
            return json_reply({"ok": False, "error": "message_not_found"})
        self.messages[f"{room}:{sent['ts']}"] = sent
        return json_reply({"ok": True, "channel": room, "ts": sent["ts"]})
