"""The broken versions of what a ledger is asked about: past windows, and the cases behind a number."""

from tests.laws.mutation import Mutant

PAST, READING = "aggregators.past", "aggregators.ledger_reading"

MUTANTS_OF_VIEWS = (
    Mutant(
        "past window ends within a quarter that has no row",
        PAST,
        "ends_well = end >= border or end % COARSE == 0",
        "ends_well = True",
        "past windows",
    ),
    Mutant(
        "past window begins within a quarter that has no row",
        PAST,
        "start % COARSE == 0 and ends_well",
        "ends_well",
        "past windows",
    ),
    Mutant(
        "first response without a target in the service level",
        "aggregators.contributions",
        'return configuration.sla_target(series[1], "first_response") is not None',
        "return True",
        "contributions",
    ),
    Mutant(
        "open case from before the window not looked at",
        "aggregators.case_search",
        "if self._may_follow and has_state(packed):",
        "if self._may_follow and last < 0:",
        "explained partition",
    ),
    Mutant(
        "case with an event ahead of now explained as it will be, too",
        READING,
        "if name not in ahead:",
        "if name is not None:",
        "explained state",
    ),
)
