"""Two minutes of `make chaos`: one seed that is always the same, one that nobody has seen before."""

import logging
import random
from pathlib import Path

import pytest

from chaos.faults import available
from chaos.run import Plan, run
from chaos.site import Servers
from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer

logger = logging.getLogger(__name__)

FIXED = 20_260_302
FRESH = random.SystemRandom().randrange(2**31)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", [FIXED, FRESH], ids=["fixed seed", "fresh seed"])
def test_no_number_differs_after_faults_of_every_kind(seed: int, tmp_path: Path) -> None:
    """One fault of each kind while 24,000 events are folded; the recount finds no difference."""
    kinds = available(with_redis=True)
    logger.warning(
        "seed %d: make chaos ARGUMENTS='--redis --seed %d --events 24000 --faults 10 --partitions 2'",
        seed,
        seed,
    )
    plan = Plan(seed, events=24_000, faults=len(kinds), partitions=2, kinds=kinds)
    with KafkaBroker() as broker, RedisServer() as redis:
        report = run(plan, Servers(broker, redis), tmp_path, logger.info)
    logger.warning("%s", report.text())
    assert report.problems() == []
