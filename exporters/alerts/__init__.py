"""Alert rules: rows of three tables, one for each audience, made into Prometheus rules and runbook pages."""
