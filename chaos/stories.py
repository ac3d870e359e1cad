"""What happens in one case: a call, a chat or a ticket as a list of events, each so long after its start.

Guarantee: a story depends on the chance it is given alone. Most are plausible; about one in twelve holds
something that is taken back later by a retraction. Worked: a call offered, answered after 14 s, ended after
200 s, wrapped up after 230 s is four happenings. Cost: about 5 µs a happening.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MISTAKES = 0.08
"""Share of the cases in which somebody takes something back."""

CALL_QUEUES = ("sales", "service", "tech", "billing", "returns", "night")
CHAT_QUEUES = ("web", "shop", "app")
TICKET_QUEUES = ("mail", "service", "tech", "claims")
TICKET_CHANNELS = ("", "", "", "web", "social", "messaging")
PRIORITIES = ("low", "normal", "normal", "normal", "high", "urgent")


class Happening(NamedTuple):
    """One event of a story. offset: milliseconds from its start; data: the text of the JSON object.

    mistake: this very event is taken back later, by an event whose `retracts` is MISTAKE.
    """

    offset: int
    type: str
    data: str
    mistake: bool = False


RETRACTS = '"retracts":"%s"'
Story = list[Happening]


def call(chance: Random) -> Story:
    """Return the story of a call."""
    queue = chance.choice(CALL_QUEUES)
    if chance.random() < 0.03:
        return [
            Happening(0, "call.blocked", '{"reason":"%s"}' % chance.choice(("trunk", "no_agents", "network")))
        ]
    story = [Happening(0, "call.offered", '{"queue":"%s"}' % queue)]
    wait = _after(chance, 25)
    if chance.random() < 0.12:
        ending = "call.abandoned" if chance.random() < 0.7 else "call.exited"
        return _mistaken(chance, [*story, Happening(wait, ending, "{}")], "call.abandoned")
    if chance.random() < 0.1:
        story.append(Happening(wait // 2, "call.ring_no_answer", '{"agent":"a7"}'))
    story.append(Happening(wait, "call.answered", '{"agent":"a%d"}' % chance.randrange(40)))
    moment = wait + _after(chance, 90)
    if chance.random() < 0.2:
        story.append(Happening(moment, "call.hold", "{}"))
        moment += _after(chance, 30)
        story.append(Happening(moment, "call.unhold", "{}"))
    if chance.random() < 0.1:
        other = chance.choice(CALL_QUEUES)
        story.append(Happening(moment, "call.transferred", '{"to_queue":"%s"}' % other))
        story.append(
            Happening(moment + 500, "call.offered", '{"queue":"%s","via":"transfer","leg":"2"}' % other)
        )
        moment += 500 + _after(chance, 20)
        story.append(Happening(moment, "call.answered", '{"leg":"2"}'))
        moment += _after(chance, 120)
        story.append(Happening(moment, "call.ended", '{"leg":"2"}'))
        story.append(Happening(moment + _after(chance, 40), "call.wrapup_ended", '{"leg":"2"}'))
        return story
    moment += _after(chance, 150)
    story.append(Happening(moment, "call.ended", "{}"))
    if chance.random() < 0.97:
        story.append(Happening(moment + _after(chance, 45), "call.wrapup_ended", "{}"))
    return _mistaken(chance, story, "call.abandoned")


def chat(chance: Random) -> Story:
    """Return the story of a chat."""
    queue = chance.choice(CHAT_QUEUES)
    story = [Happening(0, "chat.started", '{"author":"customer"}')]
    moment = _after(chance, 10)
    if chance.random() < 0.6:
        story.append(Happening(moment, "chat.message", '{"author":"bot"}'))
        moment += _after(chance, 40)
        if chance.random() < 0.2:
            return [*story, Happening(moment, "chat.ended", "{}")]
    story.append(Happening(moment, "chat.queued", '{"queue":"%s"}' % queue))
    moment += _after(chance, 40)
    if chance.random() < 0.1:
        return _mistaken(chance, [*story, Happening(moment, "chat.abandoned", "{}")], "chat.ended")
    story.append(Happening(moment, "chat.accepted", '{"agent":"c%d"}' % chance.randrange(20)))
    for _ in range(chance.randrange(1, 5)):
        moment += _after(chance, 30)
        author = chance.choice(("agent", "agent", "customer"))
        story.append(Happening(moment, "chat.message", '{"author":"%s"}' % author))
    moment += _after(chance, 60)
    story.append(Happening(moment, "chat.ended", "{}"))
    story.append(Happening(moment + _after(chance, 30), "chat.wrapup_ended", "{}"))
    return _mistaken(chance, story, "chat.abandoned")


def ticket(chance: Random) -> Story:
    """Return the story of a ticket, which may last for days or stay open."""
    channel = chance.choice(TICKET_CHANNELS)
    stated = ',"channel":"%s"' % channel if channel else ""
    start = '{"author":"customer","queue":"%s","priority":"%s"%s}'
    story = [
        Happening(
            0, "ticket.created", start % (chance.choice(TICKET_QUEUES), chance.choice(PRIORITIES), stated)
        )
    ]
    moment = _after(chance, 600)
    story.append(Happening(moment, "ticket.assigned", '{"agent":"t%d"}' % chance.randrange(30)))
    for _ in range(chance.randrange(0, 4)):
        moment += _after(chance, 2_400)
        story.append(Happening(moment, "ticket.message", '{"author":"agent"}'))
        if chance.random() < 0.25:
            story.append(
                Happening(moment + 1, "ticket.status", '{"to":"%s"}' % chance.choice(("pending", "on_hold")))
            )
        if chance.random() < 0.5:
            moment += _after(chance, 3_600)
            story.append(Happening(moment, "ticket.message", '{"author":"customer"}'))
    if chance.random() < 0.08:
        story.append(Happening(moment, "ticket.priority", '{"priority":"%s"}' % chance.choice(PRIORITIES)))
    if chance.random() < 0.08:
        queue = chance.choice(TICKET_QUEUES)
        story.append(Happening(moment + 5, "ticket.assigned", '{"queue":"%s"}' % queue))
    ending = chance.random()
    if ending < 0.03:
        story.append(Happening(moment + MINUTE, "ticket.merged", '{"into":"ticket-0"}'))
    elif ending < 0.05:
        story.append(Happening(moment + MINUTE, "ticket.deleted", '{"reason":"spam"}'))
    elif ending < 0.85:
        moment += _after(chance, 1_800)
        story.append(Happening(moment, "ticket.status", '{"to":"solved"}'))
        if chance.random() < 0.1:
            moment += _after(chance, 7_200)
            story.append(Happening(moment, "ticket.status", '{"to":"open"}'))
    return _mistaken(chance, story, "ticket.deleted")


STORIES = {"calls": call, "chats": chat, "tickets": ticket}


def _after(chance: Random, seconds: float) -> int:
    return int(chance.expovariate(1 / seconds) * SECOND) + 1


def _mistaken(chance: Random, story: Story, mistake: str) -> Story:
    """Let one story in twelve hold a mistake that its last event takes back."""
    if chance.random() >= MISTAKES:
        return story
    place = chance.randrange(1, len(story) + 1)
    moment = story[place - 1].offset + chance.randrange(1, 30 * SECOND)
    last = story[-1]
    data = last.data[:-1] + ("," if last.data != "{}" else "") + RETRACTS + "}"
    return [
        *story[:-1],
        Happening(moment, mistake, "{}", mistake=True),
        last._replace(offset=max(last.offset, moment + 1), data=data),
    ]
