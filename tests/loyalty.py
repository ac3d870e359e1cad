"""A few hundred customers and what they answer to surveys, so that every number of theirs is there.

loyal_centre(now)   records of both topics, as dictionaries, from 200 days before a moment (ms) up to it
loyal_events(now)   the same as events

Ninety customers subscribed long ago; within the last month five left, eight came, some changed or renewed
their subscription, and many visited the shop. Two queues were asked about, `sales` got better answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aggregators.events import Event
from streams.codec import decode

DAY = 86_400_000
HOUR = DAY // 24
Record = dict[str, Any]

PLANS = (("basic", 990, "EUR", 60, 4), ("plus", 2_490, "EUR", 20, 1), ("team", 9_900, "CHF", 10, 0))
"""Product, monthly price, currency, customers of long standing, how many of them have left."""

SURVEYS = (
    ("nps", 0, 10, True),
    ("csat", 1, 5, True),
    ("ces", 1, 7, True),
    ("iqs", 0, 100, True),
    ("recommend", 0, 10, True),
    ("switch", 0, 10, True),
    ("repurchase", 1, 5, True),
    ("emotion", -1, 1, True),
)
SCORES = {
    "sales": (1.0, 1.0, 0.9, 1.0, 0.75, 0.9, 0.2, 1.0),
    "service": (0.9, 0.5, 1.0, 0.7, 0.3, 0.8, 1.0, 0.0),
}
"""How far up the scale answers lie, in turn."""


def loyal_events(now: int) -> Iterator[Event]:
    """Yield the same decoded."""
    for record in loyal_centre(now):
        decoded = decode(json.dumps(record).encode())
        assert isinstance(decoded, Event), decoded
        yield decoded


def loyal_centre(now: int) -> Iterator[Record]:
    """Yield all records, each case in the order of time."""
    yield from _subscribers(now)
    yield from _newcomers(now)
    yield from _shoppers(now)
    yield from _answers(now)


def _subscribers(now: int) -> Iterator[Record]:
    for product, price, currency, number, left in PLANS:
        for each in range(number):
            name, since = f"{product}-{each}", now - (100 + each) * DAY
            plan = {"product": product, "mrr": price, "currency": currency, "term_months": 1}
            yield _record("customer.subscribed", name, since, **plan)
            # The due of each month is taken, but for the last ones of some.
            months = (now - since) // (31 * DAY)
            for month in range(1, months + (each % 4 > 0)):
                yield _record("customer.renewed", name, since + month * 31 * DAY + HOUR, product=product)
            if each < left:
                yield _record("customer.cancelled", name, now - (each + 2) * DAY, product=product)
            elif each % 10 == left:
                changed = price + (500 if each % 20 == left else -200)
                yield _record("customer.changed", name, now - 5 * DAY, product=product, mrr=changed)


def _newcomers(now: int) -> Iterator[Record]:
    for each in range(8):
        plan = {"product": "basic", "mrr": 990, "currency": "EUR"}
        stated = {"referred": each < 3, "upsell": each == 0}
        yield _record("customer.subscribed", f"new-{each}", now - (each + 1) * 2 * DAY, **plan, **stated)


def _shoppers(now: int) -> Iterator[Record]:
    for each in range(40):
        name, day = f"basic-{each + 10}", now - (each % 6 + 1) * DAY
        for visit in range(3):
            yield _record("customer.visited", name, day + visit * HOUR)
        yield _record("customer.engaged", name, day + 3 * HOUR, kind="newsletter")
        if each % 2:
            yield _record("customer.cart_opened", name, day + 4 * HOUR, cart=f"cart-{each}")
            if each % 3:
                yield _record("customer.cart_abandoned", name, day + 5 * HOUR, cart=f"cart-{each}")
            else:
                for order in range(1 + each % 4 // 3):
                    bought = {"amount": 4_500, "currency": "EUR", "upsell": each % 9 == 0}
                    yield _record("customer.purchased", name, day + (5 + order) * HOUR, **bought)


def _answers(now: int) -> Iterator[Record]:
    for queue, scores in SCORES.items():
        for survey, low, high, is_good in SURVEYS:
            for each in range(48 if survey in {"nps", "csat"} else 16):
                score = round(low + (high - low) * scores[each % len(scores)])
                # Half of them within two days, the others long before.
                moment = now - (each % 2 + 1) * 6 * HOUR - (each % 4 // 2) * (8 + each) * DAY
                asked = {"survey": survey, "scale_min": low, "scale_max": high, "high_is_good": is_good}
                yield _record(
                    "survey.response", f"{queue}-{survey}-{each}", moment, queue=queue, score=score, **asked
                )


def _record(type_: str, subject: str, moment: int, /, **data: Any) -> Record:
    return {
        "specversion": "1.0",
        "id": f"{type_}-{subject}-{moment}",
        "source": "/loyalty",
        "type": type_,
        "subject": subject,
        "time": datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds"),
        "data": data,
    }
