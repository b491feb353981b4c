"""What the tables of the configuration are made of: a table itself, durations, zones, ids, and secrets by reference."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from core.errors import ConfigError

SECRET_IN_CLEAR = "a secret is never written in clear"  # noqa: S105
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_duration(value: object) -> timedelta:
    """Read "90s", "10m", "2h", "1d", "1w" or "1h30m". Raises ValueError with what was expected."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip().lower()
    if not re.fullmatch(r"(\d+[smhdw])+", text):
        raise ValueError('a duration such as "30s", "10m", "2h", "1d" or "1w" was expected')
    return timedelta(seconds=sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([smhdw])", text)))


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError('a time zone name such as "Europe/Warsaw" was expected')
    return value


def _country(value: str) -> str:
    from holidays import list_supported_countries

    code, _, part = value.partition("-")
    if part not in {"", *list_supported_countries().get(code, ("?",))} or code not in list_supported_countries():
        raise ValueError('a country such as "PL", or a part of one such as "DE-BY", was expected')
    return value


def _role(value: str) -> str:
    if not re.fullmatch(
        r"(viewer|responder|account-owner|compliance|auditor|staff|admin)(@(owner|brand):[a-z0-9][a-z0-9._-]{0,63})?", value
    ):
        raise ValueError('a role such as "auditor", "responder@owner:care" or "viewer@brand:polna" was expected')
    return value


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", value):
        raise ValueError("an id of small letters, digits, '.', '_' and '-' was expected, at most 64 long")
    return value


def not_below(other: str, expected: str) -> AfterValidator:
    """A value that is no less than the field `other`, which stands before it; `expected` says it, with that one's value as {}."""

    def check(value: Any, info: ValidationInfo) -> Any:
        least = info.data.get(other)
        if value is not None and least is not None and value < least:
            raise ValueError(f"{expected.format(least)} was expected")
        return value

    return AfterValidator(check)


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
RoleName = Annotated[str, AfterValidator(_role)]
Country = Annotated[str, AfterValidator(_country)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Id = Annotated[str, AfterValidator(_id)]


class Table(BaseModel):
    """A table of the configuration: unknown keys are errors, values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Table):
    """A secret by reference: { env = "NAME" } or { file = "/run/secrets/name" }; never the secret itself."""

    env: str | None = None
    file: str | None = None

    def reveal(self) -> str:
        """The secret's value. Raises ConfigError naming the variable or file that is missing or empty."""
        if self.env is not None:
            value = os.environ.get(self.env, "")
            if not value:
                raise ConfigError(f"the environment variable {self.env} is not set; set it, or use file = …", reason="secret_missing")
            return value
        try:
            return Path(self.file or "").read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"the secret's file {self.file} cannot be read: {error.strerror}", reason="secret_missing") from error

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__


def _secret(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(f'a reference was expected: {{ env = "NAME" }} or {{ file = "…" }}; {SECRET_IN_CLEAR}')
    if isinstance(value, dict) and len(value) != 1:
        raise ValueError('exactly one of env and file was expected: { env = "NAME" } or { file = "…" }')
    return value


SecretRef = Annotated[Secret, BeforeValidator(_secret)]
