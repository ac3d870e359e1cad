"""`make chaos`: a seeded run of several workers on a real Kafka, hit by faults, recounted to the last number."""
