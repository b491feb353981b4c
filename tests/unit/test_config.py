"""A configuration with mistakes names them all at once: the line, the key, what was expected, the nearest valid name."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.toml import read
from czujka import config

VALID = """\
[company]
name = "Mleczarnia Polna"
fallback = "pr"

[[person]]
id = "anna"
contacts = ["email:anna@example.com"]

[[owner]]
id = "pr"
people = ["anna"]

[[channel]]
id = "mail"
kind = "email"
"""


def problems(text: str) -> list[str]:
    _, found = config.validate(read(text, "czujka.toml"), Path("var"))
    return [str(problem) for problem in found]


def with_source(**keys: str) -> str:
    rows = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return f"{VALID}\n[[source]]\n{rows}\n"


def test_a_valid_file_has_no_problems_and_its_paths_lie_in_the_data_folder() -> None:
    settings, found = config.validate(read(with_source(id='"drop"', kind='"file"', path='"drop/*.csv"'), "czujka.toml"), Path("home"))
    assert found == []
    assert settings is not None
    assert settings.source[0].path == Path("home/drop/*.csv")
    assert settings.channel[0].folder == Path("home/mail")
    assert settings.database_url() == "sqlite:///home/czujka.db"


def test_only_the_name_of_the_company_is_required() -> None:
    assert problems('[company]\nname = "Polna"\n') == []
    assert problems("[company]\n") == ["line 1: company.name: is required"]


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    text = """\
[company]
name = "Polna"
timezone = "Europe/Warszawa"
fallbck = "pr"

[[owner]]
id = "pr"
people = ["ana"]

[[person]]
id = "anna"
language = "de"
"""
    assert problems(text) == [
        "line 3: company.timezone: a time zone name such as \"Europe/Warsaw\" was expected (it is 'Europe/Warszawa')",
        "line 4: company.fallbck: unknown key; did you mean 'fallback'?",
        "line 12: person[1].language: Input should be 'pl' or 'en' (it is 'de')",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            VALID.replace('people = ["anna"]', 'people = ["ana"]'),
            "line 11: owner[1].people: there is no person 'ana'; did you mean 'anna'?",
        ),
        (
            VALID.replace('"pr"\n\n[[person]]', '"press"\n\n[[person]]'),
            "line 3: company.fallback: there is no owner 'press' (there are: pr)",
        ),
        (
            VALID.replace("email:anna", "slack:anna"),
            "line 7: person[1].contacts: 'slack:anna@example.com': there is no [[channel]] of kind 'slack'",
        ),
        (
            VALID.replace("email:anna@example.com", "anna@example.com"),
            "line 7: person[1].contacts: 'anna@example.com': kind:address was expected, such as email:anna@example.com",
        ),
        (VALID + '\n[[owner]]\nid = "pr"\n', "line 18: owner[2].id: 'pr' is taken by an earlier owner"),
        (
            VALID + '\n[[escalation]]\nid = "now"\n[[escalation.step]]\nnotify = ["person:jan"]\n',
            "line 20: escalation[1].step[1].notify: there is no person 'jan' (there are: anna)",
        ),
        (
            VALID + '\n[[escalation]]\nid = "now"\n[[escalation.step]]\nnotify = ["anna"]\n',
            "line 20: escalation[1].step[1].notify: 'anna': schedule:, person:, owner: or channel: and an id was expected",
        ),
        (
            VALID + '\n[[schedule]]\nid = "rota"\n[[schedule.layer]]\npeople = ["anna"]\nevery = "a week"\n',
            'line 21: schedule[1].layer[1].every: a duration such as "30s", "10m", "2h", "1d" or "1w" was expected (it is \'a week\')',
        ),
        (VALID + '\n[[brand]]\nid = "Polna"\nname = "Polna"\n', "line 18: brand[1].id: an id of small letters"),
    ],
)
def test_each_mistake_says_where_and_how_to_mend_it(text: str, problem: str) -> None:
    (found,) = problems(text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        ('[[schedule]]\nid = "rota"\n', 17, "schedule[1]", "the schedule 'rota' is empty"),
        ('[[schedule]]\nid = "rota"\n[[schedule.layer]]\npeople = []\n', 20, "schedule[1].layer[1].people", "at least one person"),
        ('[[escalation]]\nid = "now"\n', 17, "escalation[1]", "the policy 'now' is empty"),
        (
            '[[escalation]]\nid = "now"\n[[escalation.step]]\nnotify = ["escalation:now"]\n',
            20,
            "escalation[1].step[1].notify",
            "could go in circles",
        ),
        (
            '[[escalation]]\nid = "now"\n[[escalation.step]]\nnotify = ["person:jan"]\n',
            20,
            "escalation[1].step[1].notify",
            "no person 'jan'",
        ),
        ('[[person]]\nid = "jan"\ncontacts = ["fax:123"]\n', 19, "person[2].contacts", "no [[channel]] of kind 'fax'"),
        ('[[route]]\nowner = "pr"\nhours = "nine to five"\n', 19, "route[1].hours", "hours such as"),
        ('[[route]]\nowner = "press"\n', 18, "route[1].owner", "there is no owner 'press'"),
        ('[alerting]\nquiet_hours = "at night"\n', 18, "alerting.quiet_hours", "hours such as"),
    ],
)
def test_what_would_page_nobody_is_refused_where_it_stands(text: str, line: int, key: str, said: str) -> None:
    [problem] = problems(f"{VALID}\n{text}")
    assert problem.startswith(f"line {line}: {key}: ")
    assert said in problem


def test_an_unknown_kind_names_the_nearest_and_all() -> None:
    (found,) = problems(with_source(id='"m"', kind='"mastodont"'))
    assert found.startswith("line 19: source[1].kind: unknown kind 'mastodont'; did you mean 'mastodon'? (there are: ")


def test_without_a_kind_the_id_names_it() -> None:
    assert problems(with_source(id='"rss"', url='"https://example.com/feed"')) == []


def test_a_key_of_another_kind_is_unknown_and_a_secret_in_clear_is_refused() -> None:
    found = problems(
        with_source(
            id='"b"', kind='"bluesky"', search='"polna"', handle='"a.example"', app_password='"hunter2"', serverr='"https://x.example"'
        )
    )
    assert found == [
        'line 22: source[1].app_password: a reference was expected: { env = "NAME" } or { file = "…" }; a secret is never written in clear',
        "line 23: source[1].serverr: unknown key; did you mean 'server'?",
    ]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"kind": '"rss"', "url": '"https://polna.example/feed"'}, "'rss' cannot be answered from here; what can: "),
        ({"kind": '"mastodon"', "server": '"https://m.example"', "account": '"polna"'}, "'mastodon' is answered only with token"),
    ],
)
def test_answering_where_nothing_can_be_answered_is_refused_by_name(keys: dict[str, str], said: str) -> None:
    assert problems(with_source(id='"s"', **keys)) == []
    [problem] = problems(with_source(id='"s"', **keys, answer="true"))
    assert "source[1].answer: " in problem
    assert said in problem
    assert ("facebook" in problem) is (keys["kind"] == '"rss"')


def test_answering_where_it_can_be_done_is_taken() -> None:
    keys = {"kind": '"mastodon"', "server": '"https://m.example"', "account": '"polna"', "token": '{ env = "T" }'}
    assert problems(with_source(id='"s"', **keys, answer="true")) == []


def test_broken_toml_names_its_line() -> None:
    with pytest.raises(ConfigError, match=r"czujka\.toml: not valid TOML: .*line 2"):
        read('[company]\nname = "Polna\n', "czujka.toml")


def test_a_named_file_that_is_missing_is_an_error_and_the_default_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CZUJKA_CONFIG", raising=False)
    assert config.config_file(None) is None
    with pytest.raises(ConfigError, match="there is no such configuration file"):
        config.config_file("elsewhere.toml")
    monkeypatch.setenv("CZUJKA_CONFIG", "named.toml")
    with pytest.raises(ConfigError, match=r"named\.toml"):
        config.config_file(None)


def test_load_lists_the_problems_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "czujka.toml"
    path.write_text('[company]\nnme = "Polna"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        config.load(path)
    assert str(refused.value).splitlines() == [
        f"{path}: 2 problems",
        "  line 1: company.name: is required",
        "  line 2: company.nme: unknown key; did you mean 'name'?",
    ]


def test_run_wants_an_owner_and_a_fallback() -> None:
    settings, _ = config.validate(read('[company]\nname = "Polna"\n', "c"), Path("var"))
    assert settings is not None
    assert config.ready_to_run(settings) == ["no [[owner]] is configured: somebody must answer for what is found"]
