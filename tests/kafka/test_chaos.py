"""Two minutes of `make chaos`: one seed that is always the same, one that nobody has seen before."""

import logging
import random
from pathlib import Path

import pytest

from chaos.run import Plan, run
from chaos.site import Servers
from testbed.kafka import KafkaBroker

logger = logging.getLogger(__name__)

FIXED = 20_260_302
FRESH = random.SystemRandom().randrange(2**31)


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", [FIXED, FRESH], ids=["fixed seed", "fresh seed"])
def test_no_number_differs_after_faults_of_every_kind(seed: int, tmp_path: Path) -> None:
    """One fault of each kind while 40,000 events are folded; the recount finds no difference."""
    logger.warning("seed %d: make chaos ARGUMENTS='--seed %d --events 40000 --faults 9'", seed, seed)
    plan = Plan(seed, events=40_000, faults=9, partitions=2, is_full=False)
    with KafkaBroker() as broker:
        report = run(plan, Servers(broker), tmp_path, logger.info)
    logger.warning("%s", report.text())
    assert report.problems() == []
