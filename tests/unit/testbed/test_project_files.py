"""The house rules look at every file of a checkout and at nothing else."""

from pathlib import Path

from testbed.project_files import PACKAGES, imported_modules, python_files, text_files


def tree(folder: Path, *names: str) -> Path:
    """Create empty files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_products_caches_and_binaries_are_left_out(tmp_path: Path) -> None:
    """What a tool makes or a machine adds is not the project's text."""
    project = tree(
        tmp_path,
        ".ci/run",
        ".gitignore",
        "a/b.py",
        "Makefile",
        ".venv/x.py",
        "dist/x.py",
        "a/__pycache__/b.py",
    )
    tree(project, "data.gz", "x.egg-info/PKG-INFO", ".ruff_cache/x.py")
    names = [str(path.relative_to(project)) for path in text_files(project)]
    assert names == [".ci/run", ".gitignore", "Makefile", "a/b.py"]
    assert python_files(project) == [project / "a" / "b.py"]


def test_the_project_itself_is_seen() -> None:
    """The default is this checkout, with its packages and this file."""
    found = python_files()
    assert Path(__file__).resolve() in found
    for package in PACKAGES:
        assert any(path.parent.name == package for path in found)


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """An import inside a function is one too; a name imported from a package may be a module."""
    file = tmp_path / "module.py"
    file.write_text("import a.b\ndef f() -> None:\n    from c import d\n", encoding="utf-8")
    assert list(imported_modules(file)) == ["a.b", "c", "c.d"]
