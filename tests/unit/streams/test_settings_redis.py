"""The section [redis]."""

from pathlib import Path

from streams.settings_redis import RedisSection


def test_secrets_come_from_their_files(tmp_path: Path) -> None:
    """URL and password each from its own; without either there is none."""
    url, password = tmp_path / "url", tmp_path / "password"
    url.write_text("redis://redis:6379\n")
    password.write_text("s\n")
    section = RedisSection(url_file=url, password_file=password)
    assert (section.secret(), section.password_secret()) == ("redis://redis:6379", "s")
    assert (RedisSection().secret(), RedisSection().password_secret()) == (None, None)


def test_secrets_are_not_shown() -> None:
    """Neither URL nor password is in what is printed of a section."""
    stated = {"url": "redis://u:hidden@redis", "password": "hidden"}
    assert "hidden" not in repr(RedisSection.model_validate(stated))
