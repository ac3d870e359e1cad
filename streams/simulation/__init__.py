"""A plausible support centre as a pure, seeded function: a plan goes in, records come out as delivered."""
