"""What an error says and which exit code it has."""

from streams.errors import ConfigurationError, Problem, SupportPulseError, UsageError


def test_problem_says_where_what_and_what_to_do() -> None:
    """The three parts are one line."""
    assert str(Problem("http.port", "is no number", "write 9464")) == "http.port: is no number; write 9464"
    assert str(Problem("", "is no table", "write one")) == "is no table; write one"


def test_configuration_error_has_a_line_for_each_problem() -> None:
    """All problems are in the message and in `problems`."""
    problems = [Problem("a", "b", "c"), Problem("d", "e", "f")]
    error = ConfigurationError(problems)
    assert error.problems == tuple(problems)
    assert str(error) == "a: b; c\nd: e; f"


def test_exit_codes_tell_problems_from_wrong_usage() -> None:
    """1: something went wrong; 2: the call or the configuration was wrong."""
    assert (SupportPulseError.exit_code, UsageError.exit_code, ConfigurationError.exit_code) == (1, 2, 2)
