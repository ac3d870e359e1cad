"""What import-linter cannot see: a pure core, a recount that stands alone, a unit test for every module."""

import ast
import tomllib
from pathlib import Path

import pytest

from testbed.project_files import PACKAGES, PROJECT, imported_modules, python_files, syntax_tree

RATCHET = tomllib.loads(Path(__file__).with_name("ratchet.toml").read_text(encoding="utf-8"))
IMPURE_FUNCTIONS = {"open", "print", "input", "breakpoint", "exec", "eval"}
IMPURE_METHODS = {"now", "utcnow", "today", "read_text", "read_bytes", "write_text", "write_bytes", "getenv"}
TESTED_PACKAGES = (*PACKAGES, "testbed", "chaos", "dashboards")


def files_of(package: str) -> list[Path]:
    """Return the Python files of one top-level folder."""
    return [path for path in python_files() if path.relative_to(PROJECT).parts[0] == package]


def impure_calls(path: Path) -> list[str]:
    """Return the calls of a file that reach a clock, a file or a terminal."""
    found = []
    for node in ast.walk(syntax_tree(path)):
        if not isinstance(node, ast.Call):
            continue
        is_function = isinstance(node.func, ast.Name) and node.func.id in IMPURE_FUNCTIONS
        is_method = isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS
        if is_function or is_method:
            found.append(f"{path.name}:{node.lineno}: {ast.unparse(node.func)}")
    return found


def test_the_core_calls_no_clock_file_or_terminal() -> None:
    """`now` is an argument, and input comes as values."""
    assert [call for path in files_of("aggregators") for call in impure_calls(path)] == []


def test_impure_calls_are_found(tmp_path: Path) -> None:
    """The rule itself: a clock, a file and a terminal."""
    file = tmp_path / "impure.py"
    file.write_text("a = datetime.now(UTC)\nb = open('x')\nprint(a.date())\n", encoding="utf-8")
    assert sorted(impure_calls(file)) == [
        "impure.py:1: datetime.now",
        "impure.py:2: open",
        "impure.py:3: print",
    ]


def test_the_recount_shares_no_code_with_the_engine() -> None:
    """An independent second opinion imports nothing of the first."""
    recount = [path for path in files_of("aggregators") if "recount" in path.as_posix()]
    assert recount, "there is no aggregators/recount.py"
    engine = {
        f"{path.name} imports {module}"
        for path in recount
        for module in imported_modules(path)
        if module.partition(".")[0] in PACKAGES and not module.startswith("aggregators.recount")
        if module != "aggregators"
    }
    assert engine == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_the_product_does_not_import_what_is_not_in_the_wheel(package: str) -> None:
    """Testbed, tests, benchmarks, chaos and dashboards are for developers."""
    outside = {"testbed", "tests", "benchmarks", "chaos", "dashboards", "pytest", "hypothesis"}
    assert [
        f"{path.name} imports {module}"
        for path in files_of(package)
        for module in imported_modules(path)
        if module.partition(".")[0] in outside
    ] == []


def test_tests_are_not_a_package() -> None:
    """Importlib mode needs no __init__.py, and one would change module names."""
    assert [path for path in files_of("tests") if path.name == "__init__.py"] == []


def unit(package: str, path: Path, folder: Path) -> str:
    """Name what a unit test covers: a module, or a subpackage as a whole."""
    name = path.relative_to(folder).parts[0]
    return f"{package}/{name.removeprefix('test_').removesuffix('.py')}"


def test_every_module_has_its_unit_test_and_every_unit_test_its_module() -> None:
    """Whoever changes `package/module.py` finds `tests/unit/package/test_module.py`."""
    modules, tested = set(), set()
    for package in TESTED_PACKAGES:
        modules |= {
            unit(package, path, PROJECT / package)
            for path in files_of(package)
            if path.parent != PROJECT / package or path.name not in {"__init__.py", "__main__.py"}
        }
        tests = PROJECT / "tests" / "unit" / package
        tested |= {unit(package, path, tests) for path in tests.rglob("test_*.py")}
    excused = set(RATCHET["modules_without_unit_test"])
    assert sorted(modules - tested - excused) == [], "without a unit test"
    assert sorted(tested - modules) == [], "without a module"
    assert sorted(excused - modules | excused & tested) == [], "no longer an exception"
