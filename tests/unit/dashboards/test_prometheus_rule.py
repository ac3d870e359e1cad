"""Rules of Prometheus become an object of its operator."""

from pathlib import Path

import yaml

from dashboards.prometheus_rule import NAME, prometheus_rule


def test_groups_of_all_files_are_taken_as_they_are(tmp_path: Path) -> None:
    """In the order of the files' names; texts are not changed."""
    for name in ("b", "a"):
        rule = {"alert": f"{name.upper()}é", "expr": "x\n  > 1\n", "labels": {"severity": "page"}}
        text = yaml.safe_dump({"groups": [{"name": name, "rules": [rule]}]})
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    (text,) = prometheus_rule(list(tmp_path.glob("*.yml"))).values()
    assert text.startswith("# Made by")
    made = yaml.safe_load(text)
    assert (made["kind"], made["metadata"]["name"]) == ("PrometheusRule", "supportpulse")
    assert [group["name"] for group in made["spec"]["groups"]] == ["a", "b"]
    assert made["spec"]["groups"][0]["rules"][0]["expr"] == "x\n  > 1\n"
    assert made["spec"]["groups"][0]["rules"][0]["alert"] == "Aé"


def test_without_rules_there_is_no_object() -> None:
    """An empty one would say that somebody is alerted."""
    assert prometheus_rule([]) == {}
    assert NAME.endswith(".yaml")
