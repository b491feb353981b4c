"""A real Prometheus for a test: Debian's, on a free loopback port, in a folder of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.fakes.postgres import free_port

_CONFIG = """\
global: {{scrape_interval: 500ms, scrape_timeout: 400ms}}
scrape_configs:
  - job_name: czujka
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@dataclass(frozen=True)
class Prometheus:
    """A running server, and how to ask it."""

    url: str
    process: "subprocess.Popen[bytes]"

    def ask(self, expr: str) -> list[dict[str, Any]]:
        """The series that an expression gives now. Raises AssertionError with what Prometheus says of a bad one."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": expr}, timeout=10).json()
        assert answer["status"] == "success", f"{expr}: {answer.get('error')}"
        series: list[dict[str, Any]] = answer["data"]["result"]
        return series

    def turn(self) -> None:
        """Give it a moment; an ended server is an error."""
        try:
            self.process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            return
        raise RuntimeError("Prometheus has ended")

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def prometheus(folder: Path, scraped_port: int) -> Iterator[Prometheus]:
    """Start a server that scrapes /metrics of a loopback port twice a second; end it afterwards."""
    port, config = free_port(), folder / "prometheus.yml"
    config.write_text(_CONFIG.format(port=scraped_port), encoding="utf-8")
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    server = Prometheus(f"http://127.0.0.1:{port}", process)
    try:
        while not server.is_up():
            server.turn()
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
