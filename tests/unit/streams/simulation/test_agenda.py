"""The simulation's engine: time goes forward, claims are served in turn."""

from streams.simulation.agenda import Agenda, Pool, Process


def run(agenda: Agenda) -> None:
    """Let everything happen."""
    while agenda.next_time is not None:
        agenda.step()


def test_things_happen_in_order_of_time_then_of_scheduling() -> None:
    """Two processes of one millisecond keep their order."""
    agenda, seen = Agenda(1000), []

    def process(name: str, delay: int) -> Process:
        yield delay
        seen.append((agenda.now, name))

    for name, delay in (("late", 20), ("first", 5), ("second", 5)):
        agenda.begin(process(name, delay))
    run(agenda)
    assert seen == [(1005, "first"), (1005, "second"), (1020, "late")]


def test_a_claim_gets_what_is_released_or_nothing_after_its_patience() -> None:
    """One agent, three callers: the first is served, the second loses patience, the third gets the agent.

    0 ──── first talks ──── 100 ── third talks
    1 second waits ─ 51 gives up
    2 third waits ──────── 100
    """
    agenda, seen = Agenda(0), []
    pool: Pool[str] = Pool(agenda)
    pool.release("agent")

    def caller(name: str, patience: int) -> Process:
        thing = yield pool.claim(patience)
        seen.append((agenda.now, name, thing))
        if thing is not None:
            yield 100
            pool.release(thing)

    for start, (name, patience) in enumerate((("first", 10), ("second", 50), ("third", 500))):
        agenda.begin(caller(name, patience), start)
    run(agenda)
    assert seen == [(0, "first", "agent"), (51, "second", None), (100, "third", "agent")]
    assert list(pool.idle) == ["agent"]
    assert pool.waiting == 0


def test_a_first_claim_goes_before_those_who_wait() -> None:
    """Somebody who was promised an agent is served next."""
    agenda, seen = Agenda(0), []
    pool: Pool[str] = Pool(agenda)

    def caller(name: str, *, is_first: bool) -> Process:
        yield from ()
        thing = yield pool.claim(1000, is_first=is_first)
        seen.append((name, thing))

    agenda.begin(caller("ordinary", is_first=False))
    agenda.begin(caller("promised", is_first=True))
    agenda.step()
    agenda.step()
    assert pool.waiting == 2
    pool.release("one")
    pool.release("two")
    assert seen == [("promised", "one"), ("ordinary", "two")]
