"""Which partition a key belongs to, as the Java clients and kafka-python decide it.

All producers must agree: with two partitioners a case lies in two partitions and is counted twice.
Worked: murmur2(b"c1") & 0x7fffffff modulo the number of partitions; librdkafka's default (CRC32) differs.
"""

from __future__ import annotations

from kafka.partitioner.default import murmur2

_POSITIVE = 0x7FFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key among `partitions`."""
    return int((murmur2(key) & _POSITIVE) % partitions)
