"""Clients that do not behave: they hang up in the middle, or send a byte now and then."""

import asyncio
import socket
import struct

from tests.faults.connection import Address, Answer, Connection
from tests.faults.history import Write
from tests.faults.writers import Writer

LONGEST_STAY = 0.004
DRIP = 0.002
_RESET = struct.pack("ii", 1, 0)


class Leaver(Writer):
    """Never waits for an answer: it hangs up, or breaks off, right after a request or in the middle of one."""

    async def leave(self, times: int) -> None:
        """Write so often."""
        for _ in range(times):
            await self.turn()

    async def _send(self, write: Write) -> None:
        request = self._request(write)
        whole = self._random.random() < 0.7
        write.unsent = not whole
        write.error = "left"
        _, writer = await asyncio.open_connection(*self._connection.address)
        writer.write(request if whole else request[: self._random.randrange(1, len(request))])
        await writer.drain()
        await asyncio.sleep(self._random.uniform(0, LONGEST_STAY))
        if self._random.random() < 0.5:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


class DrippingConnection(Connection):
    """A connection that sends byte by byte, and the last one only when its gate is open."""

    def __init__(self, address: Address, gate: asyncio.Event) -> None:
        super().__init__(address)
        self._gate = gate

    async def ask(self, request: bytes) -> Answer:
        """As a connection does, but slowly."""
        _, writer = await self._connect()
        for place in range(len(request) - 1):
            writer.write(request[place : place + 1])
            await asyncio.sleep(DRIP)
        await self._gate.wait()
        try:
            return await super().ask(request[-1:])
        finally:
            self.close()
