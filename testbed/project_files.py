"""The project's own files, as the house rules see them: a checkout without products and caches."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("aggregators", "exporters", "streams")
HIDDEN_THAT_COUNT = {".ci", ".dockerignore", ".gitignore", ".gitattributes"}
PRODUCTS = {"__pycache__", "build", "dist", "htmlcov"}
BINARY_ENDINGS = {".gz", ".png", ".jar", ".pyc"}


def text_files(project: Path = PROJECT) -> list[Path]:
    """Return the text files of the project, sorted."""
    return sorted(path for path in _walk(project) if path.suffix not in BINARY_ENDINGS)


def python_files(project: Path = PROJECT) -> list[Path]:
    """Return the Python files of the project, sorted."""
    return [path for path in text_files(project) if path.suffix == ".py"]


def syntax_tree(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the full names of all modules that a file imports, inside functions too.

    `from package import name` counts as the package and as `package.name`, which may be a module.
    """
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _walk(directory: Path) -> Iterator[Path]:
    for path in directory.iterdir():
        is_hidden = path.name.startswith(".") and path.name not in HIDDEN_THAT_COUNT
        if is_hidden or path.name in PRODUCTS or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path
