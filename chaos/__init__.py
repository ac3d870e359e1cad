"""`make chaos`: a seeded run of several workers on a real Kafka under faults, and its recount."""
