"""What `supportpulse doctor` does: facts are gathered first, then judged, a row of a table for each check."""
