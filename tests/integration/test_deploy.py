"""What operators start from: the image's steps, the compose file, Prometheus's rules. No engine is needed."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes import image as builder
from tests.fakes.postgres import free_port

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OWN = yaml.safe_load((ROOT / "deploy" / "compose" / "own.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROMETHEUS = ROOT / "deploy" / "prometheus"
SECRET_LOOKING = re.compile(r"password|secret|token|_key", re.I)
PATIENCE_S = 120.0
pytestmark = pytest.mark.timeout(300)


def run(*command: str, cwd: Path = ROOT) -> str:
    ran = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> builder.Image:
    """Every step of the Dockerfile, taken once: installs all packages by their hashes."""
    return builder.build(ROOT, tmp_path_factory.mktemp("image"))


@pytest.fixture
def container(image: builder.Image) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The image's command, started as an engine would, on a free port."""
    port = free_port()
    command = [image.place(word) for word in image.command]
    log = image.path("start.log")
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=image.path("."), env=image.variables(), stdout=said, stderr=said, start_new_session=True
        )
    yield process, port
    process.terminate()
    assert process.wait(timeout=60) == 0, log.read_text(encoding="utf-8")[-2000:]


def test_the_image_builds_and_says_its_version(image: builder.Image) -> None:
    said = image.run("czujka", "--version")
    assert said.returncode == 0, said.stderr
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert declared in said.stdout


def test_the_image_needs_nothing_of_the_repository(image: builder.Image) -> None:
    said = image.run("python", "-c", "import czujka.cli, web, sys; print(czujka.cli.__file__); print(*sys.path)")
    assert said.returncode == 0, said.stderr
    assert str(image.root) in said.stdout.splitlines()[0]
    assert str(ROOT) not in said.stdout


def test_the_container_starts_the_demonstration_and_is_healthy(
    image: builder.Image, container: tuple["subprocess.Popen[bytes]", int]
) -> None:
    process, port = container
    check = [word.replace(":8600/", f":{port}/") for word in image.health]
    assert check != image.health
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        assert process.poll() is None, image.path("start.log").read_text(encoding="utf-8")[-2000:]
        if image.run(*check).returncode == 0:
            break
    else:
        raise AssertionError("never healthy")
    assert image.path("var/demo.db").is_file()


def test_the_container_starts_your_company_once_there_is_a_configuration(image: builder.Image, tmp_path: Path) -> None:
    named = image.variables() | {"CZUJKA_CONFIG": str(tmp_path / "missing.toml")}
    command = [image.place(word) for word in image.command]
    ran = subprocess.run(command, cwd=tmp_path, env=named, check=False, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "missing.toml" in ran.stderr


def test_the_image_runs_as_nobody_special_and_is_watched() -> None:
    steps = builder.steps((ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8"))
    users = [step.argument for step in steps if step.verb == "USER"]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}
    assert [step.verb for step in steps].count("HEALTHCHECK") == 1
    assert "/healthz" in next(step.argument for step in steps if step.verb == "HEALTHCHECK")


def test_a_room_that_is_forgotten_is_seen(tmp_path: Path) -> None:
    """The reader itself: a COPY of what .dockerignore keeps out fails."""
    build = builder.Image(tmp_path)
    with pytest.raises(AssertionError, match="does not see tests"):
        builder._copy(build, ROOT, builder.let_through(ROOT), "tests/ tests/")


def test_hadolint_has_nothing_to_say() -> None:
    run(str(Path(sys.executable).parent / "hadolint"), "deploy/Dockerfile")


def test_compose_version_1_reads_the_file() -> None:
    run("docker-compose", "-f", "docker-compose.yml", "config", "-q")


def test_compose_version_1_reads_the_file_for_your_own_company(tmp_path: Path) -> None:
    for name in ("docker-compose.yml", "deploy/compose/own.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / ".env").write_text("SLACK_TOKEN=xoxb-1\n", encoding="utf-8")
    merged = yaml.safe_load(run("docker-compose", "-f", "docker-compose.yml", "-f", "deploy/compose/own.yml", "config", cwd=tmp_path))
    app = merged["services"]["app"]
    assert app["environment"]["CZUJKA_CONFIG"] == "/etc/czujka/czujka.toml"
    assert app["environment"]["SLACK_TOKEN"] == "xoxb-1"
    assert app["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_file_is_one_for_version_2() -> None:
    """The Compose Specification: no `version`, services by image or build, only what is declared is used."""
    assert set(COMPOSE) == {"services", "networks", "volumes"}
    assert {"app", "postgres", "prometheus", "grafana", "mail"} <= set(SERVICES)
    for name, service in (SERVICES | {f"own {key}": SERVICES[key] | value for key, value in OWN["services"].items()}).items():
        assert "image" in service or "build" in service, name
        assert not {"links", "container_name", "volumes_from", "extends"} & set(service), name
        assert set(service.get("networks", ())) <= set(COMPOSE["networks"]), name
        for other, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] in {"service_started", "service_healthy"}
            assert wanted["condition"] == "service_started" or "healthcheck" in SERVICES[other], name
        for volume in service.get("volumes", ()):
            origin = volume.split(":")[0]
            assert origin in COMPOSE["volumes"] or origin == "./czujka.toml" or (ROOT / origin).exists(), volume


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_is_held_short(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in service or name == "app"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert not [key for key in service.get("environment", {}) if SECRET_LOOKING.search(key) and not key.startswith("GF_SECURITY_DISABLE")]
    assert ":" in service["image"] and not service["image"].endswith(":latest")


def test_the_database_is_out_of_reach() -> None:
    assert COMPOSE["networks"]["store"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == ["store"]
    assert "ports" not in SERVICES["postgres"]
    assert [name for name, service in SERVICES.items() if "store" in service["networks"]] == ["app", "postgres"]


def test_the_compose_demonstration_is_the_demonstration() -> None:
    own = tomllib.loads((ROOT / "deploy" / "compose" / "demo.toml").read_text(encoding="utf-8"))
    demo = tomllib.loads((ROOT / "demo" / "czujka.toml").read_text(encoding="utf-8"))
    demo["web"] = {"host": "0.0.0.0", "url": "http://localhost:8600"}
    demo["channel"][0] |= {"server": "mail:1025", "tls": "none", "sender": "Czujka <czujka@polna.example>"}
    assert own == demo
    assert "mail" in SERVICES


def test_the_compose_example_is_a_valid_configuration(tmp_path: Path) -> None:
    named = os.environ | {"SMTP_PASSWORD": "x", "CZUJKA_HOME": str(tmp_path)}
    program = "from pathlib import Path; from czujka import config; s = config.load(Path('deploy/examples/compose.toml')); \
print(s.database_url()); print(config.ready_to_run(s))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=named, check=False, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["postgresql+psycopg://czujka@postgres/czujka", "[]"], ran.stderr


def test_prometheus_scrapes_the_app_and_grafana_asks_prometheus() -> None:
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"][0]
    assert scraped["static_configs"] == [{"targets": ["app:8600"]}]
    assert "EXPOSE 8600" in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    sources = (ROOT / "deploy" / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(sources)["datasources"][0]["url"] == "http://prometheus:9090"
    boards = (ROOT / "deploy" / "grafana" / "provisioning" / "dashboards" / "czujka.yml").read_text(encoding="utf-8")
    path = yaml.safe_load(boards)["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in SERVICES["grafana"]["volumes"]
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert json.loads((ROOT / "deploy" / "grafana" / "dashboards" / home.name).read_text(encoding="utf-8"))["uid"]


def test_prometheus_reads_its_configuration_and_rules() -> None:
    said = run("promtool", "check", "config", str(PROMETHEUS / "prometheus.yml"))
    assert re.search(r"SUCCESS: 13 rules found", said)


def test_each_alert_has_a_case_that_fires_and_each_record_one_that_asks_for_it() -> None:
    run("promtool", "test", "rules", str(PROMETHEUS / "tests.yml"))
    groups = yaml.safe_load((PROMETHEUS / "rules" / "czujka.yml").read_text(encoding="utf-8"))["groups"]
    cases = yaml.safe_load((PROMETHEUS / "tests.yml").read_text(encoding="utf-8"))["tests"]
    rules = [rule for group in groups for rule in group["rules"]]
    fired = {test["alertname"] for case in cases for test in case.get("alert_rule_test", []) if test["exp_alerts"]}
    assert fired == {rule["alert"] for rule in rules if "alert" in rule}
    asked = " ".join(test["expr"] for case in cases for test in case.get("promql_expr_test", []))
    assert all(rule["record"] in asked for rule in rules if "record" in rule)
