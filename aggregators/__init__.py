"""The pure core: events of cases become contributions, and contributions become exact integer aggregates."""
