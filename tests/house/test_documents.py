"""What the documents say can be typed, followed and looked up: commands, paths, links, metrics, outputs."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from aggregators.catalogue import metric_named, metrics
from aggregators.events import RANK_OF_TYPE, Event
from streams.codec import decode
from streams.command_line import COMMANDS, load_command
from streams.refusal import Reason
from streams.settings import configuration_from_mapping
from testbed.project_files import PROJECT, syntax_tree, text_files
from tests.documented import DOCUMENTS, FENCED, INLINE, PROGRAMS, code_of, read, shell_lines, text_of

README = PROJECT / "README.md"
EVENTS = PROJECT / "docs" / "events.md"
FIRST_DAY = PROJECT / "docs" / "first-day.md"
ARCHITECTURE = PROJECT / "ARCHITECTURE.md"

LINK = re.compile(r"\]\(([^)\s]+)\)")
FOLDERS = "aggregators|exporters|streams|tests|testbed|benchmarks|chaos|dashboards|deploy|docs"
NAMED_PATH = re.compile(rf"(?<![\w/.])(?:{FOLDERS})/(?:[\w./*-]*[\w*/-])?(?:::\w+)?")
BARE_FILE = re.compile(r"[\w*-]+\.(?:py|md|svg|yml)")
SECRETS = "deploy/secrets/"
"""Made by `make secrets`, and never in the repository."""
METRIC = re.compile(r"\bsupport_[a-z][a-z_0-9]*")
SUFFIXES = re.compile(r"_(bucket|sum|count)$")
WORKED_EXAMPLE = "_transfer_ratio"
"""The metric that docs/adding-a-metric.md adds step by step; it is not in the catalogue."""

CONSTANT = re.compile(r"_?[A-Z][A-Z_]+")


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, without the indentation of their list."""
    return [
        re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)
        for indent, stated, body in FENCED.findall(text)
        if stated == language
    ]


def calls(text: str, program: str) -> list[list[str]]:
    """Return the arguments of every call of a program that stands in code, comments left out."""
    pattern = re.compile(rf"(?:\$ )?(?:\S*/)?{program} (?!…)(.+)")
    found = (pattern.fullmatch(line) for line in code_of(text))
    return [shlex.split(match[1], comments=True) for match in found if match]


@cache
def groups() -> dict[str, Any]:
    """Return every command as Typer parses it, those of groups under "group name"."""
    commands: dict[str, Any] = {}
    for name in COMMANDS:
        loaded = load_command(name)
        members = getattr(loaded, "commands", None)
        commands |= {name: loaded} if members is None else {f"{name} {key}": members[key] for key in members}
    return commands


def fault_of_call(arguments: list[str]) -> str | None:
    """Return what is wrong with a command line, None where it parses."""
    for length in (1, 2):
        command = groups().get(" ".join(arguments[:length]))
        if command is not None:
            break
    else:
        group = arguments[0] in COMMANDS and len(arguments) == 1
        return None if group else f"no command {' '.join(arguments[:2])}"
    # A command alone is its name, not a call.
    if len(arguments) > length:
        try:
            command.make_context(arguments[0], arguments[length:])
        except typer.Exit:
            return None  # --help
        except Exception as error:  # noqa: BLE001  # Typer's own classes of it are private
            return str(error) or repr(error)
    return None


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text_of(path)), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def fault_of_link(document: Path, target: str) -> str | None:
    """Return what is wrong with a relative link, None where it leads somewhere."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    path = (document.parent / name).resolve() if name else document
    if not path.exists():
        return f"{target}: no such file"
    return f"{target}: no such heading" if anchor and anchor not in anchors(path) else None


def fault_of_path(named: str) -> str | None:
    """Return what is wrong with a path; `*` stands for anything, `::` for a test in a file."""
    name, _, function = named.partition("::")
    if name.startswith(SECRETS):
        return None if name in text_of(PROJECT / "Makefile") else f"{name}: not made by make secrets"
    if not (any(PROJECT.glob(name.rstrip("/"))) if "*" in name else (PROJECT / name).exists()):
        return f"{name}: no such path"
    if function:
        defined = {getattr(node, "name", "") for node in syntax_tree(PROJECT / name).body}
        return None if function in defined else f"{named}: no such test"
    return None


def is_metric(name: str) -> bool:
    """Tell whether a name, or the beginning of one where it ends with `_`, is in the catalogue."""
    known = {metric.name for metric in metrics()}
    if name.endswith("_"):
        return any(each.startswith(name) for each in known)
    return name in known or SUFFIXES.sub("", name) in known


def rows_of(text: str, *, columns: int) -> Iterator[list[str]]:
    """Yield the rows of tables with so many columns, their headings and rules too."""
    for line in text.splitlines():
        cells = re.split(r" *\| *", line)[1:-1]
        if line.startswith("|") and len(cells) == columns:
            yield cells


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
class TestEveryDocument:
    """What holds for every document of the project."""

    def test_commands_can_be_typed(self, document: Path) -> None:
        """Command, options, values and number of arguments are those that the program takes."""
        found = calls(text_of(document), "supportpulse")
        assert [fault for each in found if (fault := fault_of_call(each))] == []

    def test_no_line_of_a_shell_is_overlooked(self, document: Path) -> None:
        """Each calls a program that tests/kafka/test_operators.py knows how to run."""
        lines = list(shell_lines(text_of(document)))
        assert [line for line in lines if read(document, line, is_block=True) is None] == []

    def test_targets_of_the_menu_exist(self, document: Path) -> None:
        """`make …` is in the Makefile."""
        targets = re.findall(r"^([a-z-]+):", text_of(PROJECT / "Makefile"), flags=re.MULTILINE)
        assert [each for each in calls(text_of(document), "make") if each[0] not in targets] == []

    def test_links_lead_somewhere(self, document: Path) -> None:
        """File and heading exist."""
        faults = [fault_of_link(document, target) for target in LINK.findall(text_of(document))]
        assert [fault for fault in faults if fault] == []

    def test_paths_exist(self, document: Path) -> None:
        """Files and folders, tests in files, and bare file names of the project."""
        text = text_of(document)
        faults = [fault for named in NAMED_PATH.findall(text) if (fault := fault_of_path(named))]
        names = {path.name for path in text_files()}
        bare = [word for word in INLINE.findall(text) if BARE_FILE.fullmatch(word)]
        unknown = [word for word in bare if not any(fnmatch(name, word) for name in names)]
        assert faults + unknown == []

    def test_metrics_are_in_the_catalogue(self, document: Path) -> None:
        """By their exact name; the beginning of names may stand for all of them."""
        named = [name for name in METRIC.findall(text_of(document)) if not name.endswith(WORKED_EXAMPLE)]
        assert [name for name in named if not is_metric(name)] == []


@pytest.mark.slow
@pytest.mark.parametrize("document", [README, FIRST_DAY], ids=lambda path: path.name)
def test_reports_are_what_is_printed(document: Path, tmp_path: Path) -> None:
    """The commands of the console block, run as they stand, print what stands below them."""
    (tmp_path / "docs").symlink_to(PROJECT / "docs")
    (block,) = blocks(text_of(document), "console")
    lines = block.splitlines()
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    script = "import sys; from streams.command_line import main; sys.exit(main())"
    printed = ""
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "supportpulse"
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        printed += done.stdout
    shown = [line for line in lines if not line.startswith("$ ")]
    assert [line.rstrip() for line in printed.splitlines()] == shown


def test_terms_of_the_readme_are_those_of_the_catalogue() -> None:
    """The catalogue says what people on the floor call a metric."""
    table = [row for row in rows_of(text_of(README), columns=3) if METRIC.search(row[0])]
    assert len(table) > 10
    for named, term, _ in table:
        assert {metric_named(name).term for name in METRIC.findall(named)} == {term}, named


def test_the_configuration_of_the_readme_is_right() -> None:
    """It is accepted as it stands."""
    (block,) = blocks(text_of(README), "toml")
    assert configuration_from_mapping(tomllib.loads(block)).site.name == "Berlin"


def test_prometheus_of_the_readme_scrapes_where_numbers_are() -> None:
    """The target is the default address."""
    (block,) = blocks(text_of(README), "yaml")
    (job,) = yaml.safe_load(block)["scrape_configs"]
    http = configuration_from_mapping({}).http
    assert job["static_configs"] == [{"targets": [f"{http.host}:{http.port}"]}]


def test_the_example_event_is_taken() -> None:
    """With its subject as key."""
    (block,) = blocks(text_of(EVENTS), "json")
    event = decode(block.encode(), topic="calls", key=json.loads(block)["subject"].encode())
    assert isinstance(event, Event)


def test_every_type_and_reason_is_explained() -> None:
    """The page for producers names all event types and all reasons of refusal, and no others."""
    named = set(INLINE.findall(text_of(EVENTS)))
    types = {
        word for word in named if re.fullmatch(r"(ticket|call|chat|agent|survey|customer)\.[a-z_]+", word)
    }
    assert types == set(RANK_OF_TYPE)
    section = text_of(EVENTS).partition("## Refused records")[2]
    reasons = {row[0].strip("`") for row in rows_of(section, columns=2)} - {"reason", "---"}
    assert reasons == {reason.value for reason in Reason}


def test_every_bound_is_where_the_architecture_says() -> None:
    """Each constant in the table of bounds is assigned in one of the files of its row."""
    section = text_of(ARCHITECTURE).partition("## Bounds")[2].partition("\n## ")[0]
    checked = 0
    for _, bound, behaviour, files in rows_of(section, columns=4):
        sources = "".join(text_of(PROJECT / name) for name in INLINE.findall(files))
        for word in INLINE.findall(f"{bound} {behaviour}"):
            if CONSTANT.fullmatch(word):
                assert re.search(rf"^{word}\b", sources, flags=re.MULTILINE), f"{word} is not in {files}"
                checked += 1
    assert checked > 20


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`supportpulse run --config FILE`", None),
        ("    supportpulse topics create --partitions 8\n", None),
        ("```sh\n$ .venv/bin/supportpulse demo --seconds 20  # ends by itself\n```\n", None),
        ("`supportpulse topics`", None),
        ("`supportpulse dance`", "no command"),
        ("`supportpulse topics dance`", "no command"),
        ("`supportpulse run --faster`", "--faster"),
        ("`supportpulse report x.ndjson --format yaml`", "yaml"),
        ("`supportpulse topics create --partitions none`", "integer"),
    ],
)
def test_wrong_calls_are_found(text: str, fault: str | None) -> None:
    """A call in code is parsed as the program would."""
    (call,) = calls(text, "supportpulse")
    found = fault_of_call(call)
    assert (found is None) if fault is None else (found is not None and fault in found)


@pytest.mark.parametrize(
    ("line", "words", "variables"),
    [
        ("$ supportpulse demo  # ends by itself", ["supportpulse", "demo"], {}),
        ("make help          the menu", ["make", "help"], {}),
        ("PORT=9465 .venv/bin/supportpulse run", [".venv/bin/supportpulse", "run"], {"PORT": "9465"}),
        ("export PORT=9465", ["export", "PORT=9465"], {}),
        ("supportpulse generate --config …", None, {}),
        ("support_calls > 3", None, {}),
        ("rm --recursive everything", None, {}),
        ("it's prose", None, {}),
    ],
)
def test_command_lines_are_taken_apart(line: str, words: list[str] | None, variables: dict[str, str]) -> None:
    """Comments, prose beside them and variables are told from what is called."""
    found = read(README, line, is_block=True)
    assert (None if found is None else found.words) == words
    assert found is None or (found.variables == variables and found.program in PROGRAMS)


@pytest.mark.parametrize(
    ("target", "is_found"),
    [
        ("docs/events.md", True),
        ("docs/events.md#refused-records", True),
        ("https://prometheus.io/docs", True),
        ("docs/nowhere.md", False),
        ("docs/events.md#nowhere", False),
    ],
)
def test_dead_links_are_found(target: str, *, is_found: bool) -> None:
    """Outside addresses are not asked."""
    assert (fault_of_link(README, target) is None) == is_found


@pytest.mark.parametrize(
    ("named", "is_found"),
    [
        ("tests/house/test_documents.py::test_dead_paths_are_found", True),
        ("aggregators/recount*.py", True),
        ("docs/", True),
        ("deploy/secrets/redis-password.secret", True),
        ("deploy/secrets/nobodys-password.secret", False),
        ("tests/house/test_documents.py::test_nowhere", False),
        ("aggregators/nowhere*.py", False),
        ("streams/nowhere.py", False),
    ],
)
def test_dead_paths_are_found(named: str, *, is_found: bool) -> None:
    """A path in a sentence is taken whole."""
    assert NAMED_PATH.findall(f"see {named}, please") == [named]
    assert (fault_of_path(named) is None) == is_found


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("support_window_offered", True),
        ("support_answer_seconds_bucket", True),
        ("support_channel_window_", True),
        ("support_window_offers", False),
        ("support_nothing_", False),
    ],
)
def test_unknown_metrics_are_found(name: str, *, is_found: bool) -> None:
    """Histograms have three series names more."""
    assert is_metric(name) == is_found
