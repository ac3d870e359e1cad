"""Real servers for tests and benchmarks: Kafka, Prometheus, Redis on free ports. Not in the wheel."""
