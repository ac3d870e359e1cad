"""A processor with the counting core as a process of its own, for tests that kill it.

Prints `folded N` after every batch, so that a test can wait for progress; ends with 0 after SIGTERM.

    python -m testbed.counting_processor --bootstrap HOST:PORT --topic NAME --group NAME [--instance NAME]
"""

import argparse

import uvloop

from streams.connection import KafkaConnection
from streams.processor import Processor
from streams.statistics import Folded
from streams.worker import ProcessorSettings
from testbed.counting_core import counting_engine, plain_configuration

SESSION_SECONDS = 6.0


def processor_settings(
    bootstrap: str, topic: str, group: str, *, instance: str | None = None
) -> ProcessorSettings:
    """Return the settings of a processor of one source topic with the dead-letter topic `TOPIC-dead`."""
    return ProcessorSettings(
        connection=KafkaConnection((bootstrap,)),
        group=group,
        topics={"calls": topic},
        dead_letters=f"{topic}-dead",
        configuration=plain_configuration(),
        instance_id=instance,
        session_seconds=SESSION_SECONDS,
    )


def main() -> int:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m testbed.counting_processor", description=main.__doc__)
    for name in ("bootstrap", "topic", "group"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--instance")
    parser.add_argument("--seconds-per-event", type=float, default=0.0)
    options = parser.parse_args()
    settings = processor_settings(options.bootstrap, options.topic, options.group, instance=options.instance)
    processor = Processor(
        settings, engine=counting_engine(options.seconds_per_event), on_folded=_print_progress
    )
    uvloop.run(processor.run(handle_signals=True))
    return 0


def _print_progress(folded: Folded) -> None:
    print(f"folded {folded.records}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
