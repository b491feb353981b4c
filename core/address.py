"""Which addresses may be reached, and connections that go to the checked address and nowhere else.

A name is resolved once; the addresses it gives are checked; the connection is made to one of those very addresses. So a name that
answers differently the second time (DNS rebinding) gains nothing. Host and SNI keep the name. Every connection also ends at the
request's deadline, however slowly the other side drips.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpcore

from core.errors import HttpError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_RESOLVERS = 16
_LONGEST_LOOKUP_S = 60.0
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Globally routable by number, but answered inside a cloud machine: Azure's wire server.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses everything that is not on the public Internet, but for `allowed` networks."""

    allowed: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def of(cls, networks: Sequence[str]) -> "Guard":
        """A guard that lets these networks ("10.1.0.0/16") through. Raises ValueError for what is not a network."""
        return cls(tuple(ipaddress.ip_network(network, strict=False) for network in networks))

    def lets(self, address: Address) -> bool:
        """Whether this address may be reached; an IPv4 address wrapped in an IPv6 one is judged as what it is."""
        real = _unwrapped(address)
        if any(found in network for found in {address, real} for network in self.allowed if network.version == found.version):
            return True
        return real.is_global and not real.is_multicast and real not in _METADATA

    def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a name that may be reached, in the resolver's order. Raises HttpError(connect | refused_address)."""
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            raise HttpError(
                f"the name {host!r} cannot be resolved; is it spelt right, and is there a network?", reason="connect"
            ) from error
        let = [address for address in dict.fromkeys(found) if self.lets(ipaddress.ip_address(address))]
        if not let:
            raise HttpError(
                f"{host!r} leads to {found[0] if found else 'no address'}, which is not a public address; "
                "if that is wanted, add its network to allow_private under [http]",
                reason="refused_address",
            )
        return let


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped, 6to4, Teredo or NAT64 one. Source: RFC 4291, 3056, 4380, 6052."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address


class Deadline(threading.local):
    """When the request of this thread must be over (seconds of `time.monotonic`). Synchronous clients run a request in one thread."""

    at: float = float("inf")

    def left(self, timeout_s: float | None) -> float:
        """How long to wait at most. Raises httpcore.ReadTimeout when no time is left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout_s is None else min(left, timeout_s)


class Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), 65536):
            self._inner.write(buffer[start : start + 65536], self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> "Stream":
        return Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks, and connects to exactly what was checked."""

    def __init__(self, guard: Guard, deadline: Deadline) -> None:
        self._guard, self._deadline, self._inner = guard, deadline, httpcore.SyncBackend()
        self._resolvers = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        addresses = self._resolve(host, port)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # a name with several addresses works as long as one of them does
        return self._connect(addresses[-1], port, timeout, local_address, socket_options)

    def close(self) -> None:
        """End the threads that resolve names; one that still waits for an answer ends with it."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def _resolve(self, host: str, port: int) -> list[str]:
        """Names are resolved in a thread of their own: the system's resolver has no deadline, so we wait only until ours."""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            future = self._resolvers.submit(self._guard.resolve, host, port)
            try:
                return future.result(min(self._deadline.left(None), _LONGEST_LOOKUP_S))
            except TimeoutError as error:
                raise httpcore.ConnectTimeout("the name was not resolved in time") from error
        return self._guard.resolve(host, port)

    def _connect(self, address: str, port: int, timeout: float | None, local: str | None, options: Iterable[Any] | None) -> Stream:
        return Stream(self._inner.connect_tcp(address, port, self._deadline.left(timeout), local, options), self._deadline)
