"""Alert rules: rows of four tables, one for each audience, made into Prometheus rules and runbook pages."""
