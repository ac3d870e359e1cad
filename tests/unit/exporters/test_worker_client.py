"""Asking a worker over HTTP: an answer, or the reason why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from msgspec import json

from exporters import worker_client
from exporters.explain_parts import ASKED, PART_PATH, AskedPart, ToldPart, read_asked
from exporters.worker_client import WorkerClient, WorkerSilent
from testbed.processes import free_port

QUESTION = AskedPart(
    metric="answered",
    channel=None,
    queue="sales & service",
    start=0,
    end=10_000,
    partitions={"calls": [*range(1_000)]},
)
Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Give what serves a handler and returns its address."""
    runners: list[web.AppRunner] = []

    async def serving(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        application = web.Application()
        application.router.add_get(PART_PATH, handler)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield serving
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[WorkerClient]:
    """Give a client with a token."""
    found = WorkerClient("secret")
    yield found
    await found.close()


async def test_a_question_and_its_answer_come_whole(serve: Serve, client: WorkerClient) -> None:
    """With the token; a thousand partitions fit in."""

    async def handler(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer secret"
        assert read_asked(request.query[ASKED]) == QUESTION
        return web.Response(body=json.encode(ToldPart(partitions=[("calls", 3)])))

    told = await client.ask(await serve(handler), QUESTION)
    assert told.partitions == [("calls", 3)]


async def test_what_is_no_answer_is_said(serve: Serve, client: WorkerClient) -> None:
    """A refusal, a redirection (which is not followed), something else, and nobody at all."""

    async def refusing(_: web.Request) -> web.Response:
        return web.Response(status=401, text="a bearer token is required")

    async def leading_away(_: web.Request) -> web.Response:
        raise web.HTTPFound("http://elsewhere.invalid/")

    async def another(_: web.Request) -> web.Response:
        return web.Response(text="<html>")

    for address, reason in (
        (await serve(refusing), "401: a bearer token is required"),
        (await serve(leading_away), "302"),
        (await serve(another), "cannot be read"),
        (f"http://127.0.0.1:{free_port()}", "annot connect"),
    ):
        with pytest.raises(WorkerSilent, match=reason):
            await client.ask(address, QUESTION)


async def test_a_worker_that_hangs_or_never_ends_is_not_waited_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a time and a size at which it is given up."""
    monkeypatch.setattr(worker_client, "ASK_SECONDS", 0.5)
    monkeypatch.setattr(worker_client, "ANSWER_BYTES", 1_000)

    async def hanging(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"{")
        await asyncio.Event().wait()
        return answer

    async def endless(_: web.Request) -> web.Response:
        return web.Response(body=b" " * 5_000)

    client = WorkerClient(None)
    for handler, reason in ((hanging, "no answer within 0.5 s"), (endless, "more than 1000 bytes")):
        with pytest.raises(WorkerSilent, match=reason):
            await client.ask(await serve(handler), QUESTION)
    await client.close()
