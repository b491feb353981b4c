"""A case as a ZIP that can be read without Czujka: pages and texts for people, JSON for programs, sums that `sha256sum` checks.

The same case gives the same bytes. Texts of others are data here too: escaped on the page, and the page loads and runs nothing.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from core.cases import CaseFile, Evidence
from core.policy import Clause
from core.sealing import canonical, moment
from core.settings import Settings
from core.text import strip_controls
from governance.cases import last_decision

PAPERS = Path(__file__).resolve().parent / "papers"
SUMS = "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE, _UNIX = 0o100644 << 16, 3
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "blockquote{white-space:pre-wrap;border-left:3px solid #888;margin:0;padding:0 1rem}"
)
_TURNS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def export(file: CaseFile, clause: Clause, settings: Settings) -> bytes:
    """The ZIP's bytes."""
    parts = dict(_files(file, clause, settings))
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(parts.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted({**parts, SUMS: sums.encode()}.items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr, info.create_system = _PLAIN_FILE, _UNIX
            archive.writestr(info, content)
    return out.getvalue()


def rights(settings: Settings, language: str) -> str:
    """What the person concerned may expect, in "pl" or "en"."""
    text = (PAPERS / f"case-rights.{language}.md").read_text(encoding="utf-8")
    nobody = {"pl": "[do kogo pisać]", "en": "[whom to write to]"}[language]
    contact = settings.privacy.contact or nobody
    return text.format(company=settings.company.name, contact=contact, appeal=settings.cases.appeal)


def _files(file: CaseFile, clause: Clause, settings: Settings) -> Iterator[tuple[str, bytes]]:
    case = file.case
    yield "README.txt", (PAPERS / "case-readme.txt").read_text(encoding="utf-8").format(number=case.number).encode()
    yield "index.html", _page(file, clause).encode()
    yield "case.json", _json(case)
    yield "trail.json", _json(list(file.entries))
    yield "decision.json", _json(last_decision(file.entries))
    yield "looks.json", _json(list(file.glasses))
    yield "seals.json", _json({str(one.number): one.seal for one in file.evidence})
    for language, wording in sorted(clause.words.items()):
        yield f"clause.{language}.txt", f"{clause.id} {wording.title}\n\n{wording.text}\n\n{wording.consequence}\n".encode()
    for language in ("pl", "en"):
        yield f"rights.{language}.txt", rights(settings, language).encode()
    for one in file.evidence:
        yield f"evidence/{one.number}.json", _json(one)
        yield f"evidence/{one.number}.txt", _text(one).encode()


def _json(value: Any) -> bytes:
    told = json.dumps(json.loads(canonical(_plain(value))), ensure_ascii=False, sort_keys=True, indent=2)
    return f"{told}\n".encode("utf-8", "backslashreplace")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return moment(value) if isinstance(value, datetime) else value


def _clean(text: object) -> str:
    """Without control characters and marks that turn the reading direction. Source: Unicode UAX 9."""
    return strip_controls(str(text)).translate(_TURNS)


def _text(one: Evidence) -> str:
    if one.body is None:
        return f"Evidence {one.number}: gone ({one.emptied_because}, {moment(one.emptied_at) if one.emptied_at else '-'})\n"
    author = one.body["author"]
    head = {
        "evidence": one.number,
        "source": f"{one.source_id} ({one.body['platform']})",
        "author": author["handle"] or author["name"] or "-",
        "address": one.body["url"] or "-",
        "written": one.body.get("created_at", "-"),
        "collected": one.body.get("collected_at", "-"),
        "frozen": f"{moment(one.frozen_at)} by {one.frozen_by}",
        "seal": one.seal,
    }
    lines = "".join(f"{key}: {' '.join(_clean(value).split())}\n" for key, value in head.items())
    former = "".join(f"\n--- before {each['replaced_at']}\n{_clean(each['text'])}\n" for each in one.body["revisions"])
    return f"{lines}\n{_clean(one.body['text'])}\n{former}"


def _page(file: CaseFile, clause: Clause) -> str:
    case = file.case
    title = f"Case {case.number} · Sprawa {case.number}: {case.clause} {clause.wording('pl').title} / {clause.wording('en').title}"
    found = f"{case.found or '-'}, {case.consequence or '-'}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>Stage · Etap: {escape(case.stage)}. Decision · Decyzja: {escape(found)}.</p>",
        f"<p>Concerns · Dotyczy: {escape(_clean(case.concerned))}</p>",
        f"<p>Policy version · Wersja zasad: {case.policy_version}</p>",
        "<h2>Evidence · Dowody</h2>",
        *(_evidence(one) for one in file.evidence),
        "<h2>Trail · Przebieg</h2><ol>",
        *(_entry(entry.at, entry.actor, entry.kind, entry.detail, entry.text) for entry in file.entries),
        "</ol>",
    ]
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{escape(title)}</title>'
    return f'<!doctype html>\n<html lang="en"><head>{head}<style>{_STYLE}</style></head><body>\n' + "\n".join(parts) + "\n</body></html>\n"


def _evidence(one: Evidence) -> str:
    return f'<h3>{one.number}</h3><blockquote>{escape(_text(one))}</blockquote><p><a href="evidence/{one.number}.json">JSON</a></p>'


def _entry(at: datetime, actor: str, kind: str, detail: Mapping[str, str | int], text: str) -> str:
    more = ", ".join(f"{key} {value}" for key, value in sorted(detail.items()))
    said = f"<blockquote>{escape(_clean(text))}</blockquote>" if text else ""
    return f"<li>{moment(at)} {escape(_clean(actor))}: {escape(kind)} {escape(_clean(more))}{said}</li>"
