"""Valid inputs, damaged at random: bytes changed, cut, doubled, or a value of the document replaced.

The same seed gives the same inputs. Cost: 5 µs an input.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, Final

TOKENS: Final = (
    *(b"null", b"true", b"1e999", b"-0", b"9007199254740993", b"NaN", b"Infinity", b"0.5", b'"', b"\\", b"{"),
    *(b"}", b"[", b"]", b",", b":", b"[" * 300, b'{"a":' * 300, b"\xff", b"\xc3", b"\\ud800", b"\\u0000"),
    *(b"\x00", b"\xef\xbb\xbf", b"1969-12-31T23:59:59Z", b"2100-12-31T23:59:60Z", b"+25:00", b'"type":"x"'),
)
VALUES: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**53,
        2**53 + 1,
        -(2**70),
        0.5,
        1e300,
        "",
        "x",
        "\x00",
        "😀" * 50,
        [],
        {},
    ),
    *([None], [1, "a"], {"a": 1}, [[[]]], "2026-03-02T10:00:00Z", "20s", "-1s", "1e9d", "phone", "business"),
    *("99999999999999999999d", "UTC", "../x", "09:00-08:00", "2026-02-30", float("inf"), float("nan")),
)


def damaged(valid: Sequence[bytes], number: int, seed: int) -> Iterator[bytes]:
    """Yield so many inputs; most have one damage, some several, some none."""
    random = Random(seed)
    for _ in range(number):
        text = random.choice(valid)
        for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
            text = random.choice(_WAYS)(random, text, valid)
        yield text


def damaged_document(random: Random, document: Any) -> Any:
    """Return a copy of a document in which something was replaced, left out, added or renamed."""
    changed = copy.deepcopy(document)
    place = random.choice(list(_containers(changed)))
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    way = random.randrange(4)
    if not keys or way == 0:
        if isinstance(place, dict):
            place[random.choice(("queue", "time", "extra", "name", "", "hours"))] = random.choice(VALUES)
        else:
            place.append(random.choice(VALUES))
        return changed
    key = random.choice(keys)
    if way == 1:
        del place[key]
    elif way == 2 and isinstance(place, dict):  # the third of four ways
        place[str(key)[:-1] + "_"] = place.pop(key)
    else:
        place[key] = random.choice(VALUES)
    return changed


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _containers(inner)


def _flip(random: Random, text: bytes, _: Sequence[bytes]) -> bytes:
    if not text:
        return b"{"
    place = random.randrange(len(text))
    return text[:place] + bytes((text[place] ^ (1 << random.randrange(8)),)) + text[place + 1 :]


def _cut(random: Random, text: bytes, _: Sequence[bytes]) -> bytes:
    start, end = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
    return text[:start] + text[end:]


def _insert(random: Random, text: bytes, _: Sequence[bytes]) -> bytes:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(TOKENS) + text[place:]


def _splice(random: Random, text: bytes, valid: Sequence[bytes]) -> bytes:
    other = random.choice(valid)
    return text[: random.randrange(len(text) + 1)] + other[random.randrange(len(other) + 1) :]


def _replace(random: Random, text: bytes, _: Sequence[bytes]) -> bytes:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(
        damaged_document(random, document) if isinstance(document, dict) else [document]
    ).encode()


_WAYS: Final[tuple[Callable[[Random, bytes, Sequence[bytes]], bytes], ...]] = (
    *(_flip, _cut, _insert, _splice),
    *(_replace, _replace, _replace),
)
