"""Chats: with and without a bot, accepted, abandoned or solved by the bot."""

from collections import defaultdict

from aggregators.events import TYPE_NAME, Event


def test_a_chat_runs_as_the_contract_says(week: list[Event]) -> None:
    """It starts once; who is accepted is wrapped up; who is not was abandoned or helped by the bot."""
    chats: dict[str, list[str]] = defaultdict(list)
    for event in week:
        kind, _, step = TYPE_NAME[event.rank].partition(".")
        if kind == "chat":
            chats[event.case].append(step)
    endings: dict[str, int] = defaultdict(int)
    for steps in chats.values():
        assert steps[0] == "started"
        assert steps.count("started") == 1
        assert steps.count("accepted") + steps.count("abandoned") <= 1 + steps.count("transferred")
        endings[steps[-1]] += 1
        if "accepted" not in steps and steps[-1] == "ended":
            assert "queued" not in steps
    assert set(endings) >= {"ended", "wrapup_ended", "abandoned"}
    assert sum(endings[step] for step in ("queued", "message", "started", "accepted")) <= 10
