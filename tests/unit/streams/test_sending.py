"""Records leave through Faust's producer, and a failure has one name."""

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from streams.sending import FaustSender, Outgoing, SendFailed


class App:
    """A Faust app with a producer that acknowledges in order, or fails."""

    def __init__(self, *, refusal: Exception | None = None, failure: Exception | None = None) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.renumbered = 0
        self._refusal, self._failure = refusal, failure

    async def maybe_start_producer(self) -> Any:
        """Return the producer."""
        return self

    def number_anew(self) -> None:
        """Count how often the numbers of batches begin anew."""
        self.renumbered += 1

    async def send(self, *record: Any) -> Awaitable[Any]:
        """Take a record and return the future of its acknowledgement."""
        if self._refusal is not None:
            raise self._refusal
        self.sent.append(record)
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._failure is not None:
            acknowledged.set_exception(self._failure)
        else:
            acknowledged.set_result(SimpleNamespace(offset=len(self.sent) + 40))
        return acknowledged


async def test_offsets_come_back_in_order() -> None:
    """Topic, key, value, partition, no timestamp, headers."""
    app: Any = App()
    records = [Outgoing(b"v1", [("h", b"1")], key=b"k", partition=2), Outgoing(None, [])]
    assert await FaustSender(app).append("topic", records) == [41, 42]
    assert app.sent == [
        ("topic", b"k", b"v1", 2, None, [("h", b"1")]),
        ("topic", None, None, None, None, []),
    ]


@pytest.mark.parametrize("app", [App(failure=KafkaTimeoutError()), App(refusal=ProducerSendError("no"))])
async def test_whatever_fails_is_one_exception(app: Any) -> None:
    """Refused at once, or not acknowledged."""
    with pytest.raises(SendFailed, match="topic"):
        await FaustSender(app).append("topic", [Outgoing(b"v", [])])


async def test_a_size_refused_can_be_told_from_other_failures() -> None:
    """Also where Faust wraps it."""
    wrapped = ProducerSendError("too large")
    wrapped.__cause__ = MessageSizeTooLargeError()
    for app in (App(failure=MessageSizeTooLargeError()), App(refusal=wrapped)):
        sender: Any = FaustSender(app)  # type: ignore[arg-type]  # a double
        with pytest.raises(SendFailed) as caught:
            await sender.append("topic", [Outgoing(b"v", [])])
        assert caught.value.is_too_large
