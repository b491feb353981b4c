"""Bodies of requests that no session guards: never more in memory than they may be."""

from collections.abc import Awaitable, Callable

from fastapi import Request


def at_most(max_bytes: int) -> Callable[[Request], Awaitable[bytes | None]]:
    """Give what reads a body: None when it is longer."""

    async def read(request: Request) -> bytes | None:
        gathered = bytearray()
        async for part in request.stream():
            gathered += part
            if len(gathered) > max_bytes:
                return None
        return bytes(gathered)

    return read
