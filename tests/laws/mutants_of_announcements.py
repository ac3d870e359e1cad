"""The broken versions of what announces outcomes of SLA targets."""

from tests.laws.mutation import Mutant

ANNOUNCEMENTS, ANNOUNCER = "aggregators.announcements", "aggregators.announcer"
CHECKPOINT = "aggregators.checkpoint"

MUTANTS_OF_ANNOUNCEMENTS = (
    Mutant(
        "what holds no more is not withdrawn",
        ANNOUNCEMENTS,
        "return [withdrawal, *_of_cycle(withdrawal, outcome, occasion, terms)]",
        "return _of_cycle(withdrawal, outcome, occasion, terms)",
        "announced",
    ),
    Mutant(
        "time takes back what was said",
        ANNOUNCEMENTS,
        'if last.word != "at_risk" or word in (None, "at_risk"):',
        'if last.word != "at_risk" or word == "at_risk":',
        "announced",
    ),
    Mutant(
        "at risk while catching up",
        ANNOUNCEMENTS,
        'return "at_risk" if is_near and not occasion.is_catching_up else None',
        'return "at_risk" if is_near else None',
        "announced",
    ),
    Mutant(
        "a snapshot without what was said",
        CHECKPOINT,
        "said = [*_said(ledger, {name: None for name, _, _ in slice_}), *_new(unsent)]",
        "said = [*_new(unsent)]",
        "announced",
    ),
    Mutant(
        "a restored case is not looked at",
        ANNOUNCER,
        "if sayings(before, outcomes, long_ago, terms):",
        "if terms is None:",
        "announced",
    ),
    Mutant(
        "a revision stays after a withdrawal",
        ANNOUNCEMENTS,
        "revision = 1 if last is None else last.revision + 1",
        "revision = 1 if last is None else last.revision",
        "announced over days",
    ),
    Mutant(
        "earlier cycles forgotten",
        "aggregators.tickets",
        "self.past.append(before)",
        "self.past = []",
        "outcomes",
    ),
    Mutant(
        "cycles of one millisecond are one",
        "aggregators.tickets",
        "return before.turn + 1 if before is not None and before.start == time else 0",
        "return 0",
        "outcomes",
    ),
    Mutant(
        "decided is taken for sent after a restart",
        "aggregators.restoration",
        "ledger.announcer.unsent = self._cases.unsent",
        "ledger.announcer.unsent = []",
        "announcing writers",
    ),
    Mutant(
        "what a failed send left is forgotten",
        "streams.announcing",
        "self._statistics.sla_events_waiting[self._label] = len(unsent)",
        "unsent.clear()",
        "announcing writers",
    ),
)
