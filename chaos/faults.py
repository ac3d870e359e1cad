"""How each kind of fault is brought about and ended again.

Guarantee: when `inject` returns, what was broken works again or is on its way back: the broker answers,
the process was started anew or goes on, checkpoints are taken. A worker that was killed may still be
recovering.
Worked: `SIGSTOP beyond the session` freezes a worker for 11 to 14 s, the session is 10 s; meanwhile another
one takes its partitions, and when it wakes up it still believes that it has them.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass

from chaos.fleet import ChaosWorker, Fleet, wait
from chaos.schedule import Fault, Kind
from chaos.site import TOPICS
from streams.wire_names import changelog_topic
from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer

SESSION_SECONDS = 10.0
DAY_SECONDS = 86_400
REFUSED_BYTES = (200, 2_000, 6_000)
"""What a changelog takes while checkpoints are refused: nothing at all, fences, or also what is left over of
a checkpoint whose full chunks are refused."""
USUAL_BYTES = 1_048_588


@dataclass(slots=True)
class Surroundings:
    """What faults act upon."""

    broker: KafkaBroker
    fleet: Fleet
    redis: RedisServer | None = None


Injection = Callable[[Surroundings, ChaosWorker, Fault], None]


def inject(surroundings: Surroundings, worker: ChaosWorker, fault: Fault) -> None:
    """Bring a fault about, on a worker where it concerns one, and end it."""
    _INJECTIONS[fault.kind](surroundings, worker, fault)


def _kill(surroundings: Surroundings, worker: ChaosWorker, fault: Fault) -> None:
    worker.kill()
    wait(fault.size)
    surroundings.fleet.restart(worker)


def _terminate(surroundings: Surroundings, worker: ChaosWorker, fault: Fault) -> None:
    worker.stop()
    wait(fault.size)
    surroundings.fleet.restart(worker)


def _pause(_surroundings: Surroundings, worker: ChaosWorker, fault: Fault) -> None:
    worker.freeze()
    wait(SESSION_SECONDS + 1 + 3 * fault.size)
    worker.thaw()


def _add(surroundings: Surroundings, _worker: ChaosWorker, _fault: Fault) -> None:
    surroundings.fleet.add()


def _remove(surroundings: Surroundings, worker: ChaosWorker, fault: Fault) -> None:
    # Every second one goes without a word: then its partitions wait for the end of its session.
    worker.end_by(signal.SIGKILL if fault.size < 0.5 else signal.SIGTERM)
    surroundings.fleet.forget(worker)


def _stop_broker(surroundings: Surroundings, _worker: ChaosWorker, fault: Fault) -> None:
    surroundings.broker.stop()
    wait(8 * fault.size)
    surroundings.broker.start()


def _kill_broker(surroundings: Surroundings, _worker: ChaosWorker, fault: Fault) -> None:
    surroundings.broker.kill()
    wait(4 * fault.size)
    surroundings.broker.start()


def _refuse_checkpoints(surroundings: Surroundings, _worker: ChaosWorker, fault: Fault) -> None:
    limit = REFUSED_BYTES[int(fault.size * len(REFUSED_BYTES))]
    _limit_changelogs(surroundings, limit)
    wait(3 + 3 * fault.delay)
    _limit_changelogs(surroundings, USUAL_BYTES)


def _limit_changelogs(surroundings: Surroundings, limit: int) -> None:
    for topic in TOPICS:
        surroundings.broker.limit_records(changelog_topic(surroundings.fleet.site.name, topic), limit)


def _lose_redis(surroundings: Surroundings, _worker: ChaosWorker, fault: Fault) -> None:
    redis = surroundings.redis
    assert redis is not None, "only a run with Redis has this fault"
    if fault.target < 1 / 2:
        redis.kill()
        wait(6 * fault.size)
        redis.start()
    else:
        # Connections stay open and nothing answers: worse than being gone.
        redis.pause()
        wait(6 * fault.size)
        redis.resume()


def _move_clock(_surroundings: Surroundings, worker: ChaosWorker, fault: Fault) -> None:
    # Up to ten days back or ahead; it stays so until the worker's next life.
    worker.move_clock((fault.size - 0.5) * 20 * DAY_SECONDS)


_INJECTIONS: dict[Kind, Injection] = {
    Kind.KILL: _kill,
    Kind.TERMINATE: _terminate,
    Kind.PAUSE: _pause,
    Kind.ADD: _add,
    Kind.REMOVE: _remove,
    Kind.BROKER_STOP: _stop_broker,
    Kind.BROKER_KILL: _kill_broker,
    Kind.CHECKPOINT: _refuse_checkpoints,
    Kind.REDIS: _lose_redis,
    Kind.CLOCK: _move_clock,
}


def available(*, with_redis: bool) -> tuple[Kind, ...]:
    """Return the kinds that can be injected: Redis can be gone only where the workers have one."""
    return tuple(kind for kind in _INJECTIONS if with_redis or kind is not Kind.REDIS)
