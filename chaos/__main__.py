"""`make chaos ARGUMENTS="--seed N --events N --faults N"`."""

from __future__ import annotations

import argparse
import logging
import random
import tempfile
from contextlib import nullcontext
from pathlib import Path

from chaos.faults import available
from chaos.run import Plan, run
from chaos.site import Servers
from testbed.kafka import KafkaBroker
from testbed.redis import RedisServer


def main() -> int:
    """Run one plan on a broker of its own; the exit code is 1 when something is missing or differs."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=main.__doc__)
    parser.add_argument(
        "--seed", type=int, default=None, help="the same seed gives the same log and schedule"
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="records of the log")
    parser.add_argument("--faults", type=int, default=100, help="faults that must count")
    parser.add_argument("--partitions", type=int, default=4, help="of each topic with events")
    parser.add_argument("--directory", type=Path, help="keeps log and output of all processes")
    parser.add_argument(
        "--redis", action="store_true", help="let the workers have a Redis that is gone at times"
    )
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**31) if options.seed is None else options.seed
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # broken connections are the point
    with tempfile.TemporaryDirectory(prefix="supportpulse-chaos-") as temporary:
        directory = options.directory or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        kinds = available(with_redis=options.redis)
        plan = Plan(seed, options.events, options.faults, options.partitions, kinds)
        with KafkaBroker() as broker, RedisServer() if options.redis else nullcontext() as redis:
            report = run(plan, Servers(broker, redis), directory, lambda line: print(line, flush=True))
    print(report.text())
    return 1 if report.problems() else 0


if __name__ == "__main__":
    raise SystemExit(main())
