"""The table of checks: everything is judged or skipped with its reason, and the exit code follows."""

from streams.diagnosis.facts import NOT_ASKED, Facts, Unknown
from streams.diagnosis.judgement import CHECKS, NO_REDIS, exit_code, findings
from streams.diagnosis.verdicts import Result
from streams.errors import Problem
from tests.diagnosing import NOW, said, well, wrong


def test_an_installation_that_is_well_has_nothing_wrong() -> None:
    """Every check says something, in the order of the table; exit code 0."""
    found = findings(well())
    assert list(dict.fromkeys(each.check for each in found)) == [check.name for check in CHECKS]
    assert wrong(well()) == set()
    assert exit_code(found) == 0


def test_each_name_is_there_once() -> None:
    """A row is found by its name."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_a_wrong_configuration_is_all_that_is_said() -> None:
    """Each problem with what to do; exit code 2; the rest is skipped."""
    facts = Facts(now=NOW, problems=[Problem("clock.mode", "'sand' is not known", "choose one of …")])
    assert said(facts, "configuration") == [
        (Result.PROBLEM, "clock.mode: 'sand' is not known → choose one of …")
    ]
    assert exit_code(findings(facts)) == 2
    assert said(facts, "lag") == [(Result.SKIPPED, f"{NOT_ASKED} → ")]


def test_brokers_that_do_not_answer_are_one_problem() -> None:
    """What needs them is skipped, Redis is judged."""
    facts = well(kafka=Unknown("Kafka at localhost:9092: no broker answers"))
    problems = {check for check, result in wrong(facts) if result is Result.PROBLEM}
    assert problems == {"kafka"}
    assert said(facts, "topics") == [(Result.SKIPPED, "Kafka was not reached → ")]
    assert said(facts, "redis")[0][0] is Result.OK
    assert exit_code(findings(facts)) == 1


def test_no_redis_is_no_problem() -> None:
    """One process shows all by itself."""
    facts = well(redis=Unknown(NO_REDIS))
    assert {result for check, result in wrong(facts) if check.startswith(("redis", "fleet"))} == {
        Result.SKIPPED
    }
    assert exit_code(findings(facts)) == 0
    lost = well(redis=Unknown("no answer: refused"))
    assert said(lost, "redis")[0][0] is Result.PROBLEM
