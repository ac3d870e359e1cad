"""Definitions and targets of surveys and customers, as stated and as the core gets them."""

import pytest

from aggregators.configuration import CustomerTargets
from streams.errors import ConfigurationError
from streams.settings import configuration_from_mapping
from streams.settings_engine import described


def test_targets_reach_the_core_and_leave_the_state_alone() -> None:
    """They are compared when numbers are read: the fingerprint that state is stamped with is the same."""
    without = configuration_from_mapping({}).engine()
    stated = configuration_from_mapping(
        {"surveys": {"nps_target": 30, "csat_target": 0.85}, "customers": {"churn_target": 0.03}}
    ).engine()
    assert without.customer_targets == CustomerTargets(nps=None, csat=None, churn=None)
    assert stated.customer_targets == CustomerTargets(nps=30, csat=0.85, churn=0.03)
    assert described(stated) == described(without)
    assert stated.fingerprint == without.fingerprint


def test_a_target_that_no_number_can_reach_is_refused() -> None:
    """All of them at once, each by its place."""
    with pytest.raises(ConfigurationError) as refused:
        configuration_from_mapping(
            {"surveys": {"nps_target": 130, "csat_target": 85}, "customers": {"churn_target": -0.1}}
        )
    places = {problem.path for problem in refused.value.problems}
    assert places == {"surveys.nps_target", "surveys.csat_target", "customers.churn_target"}
