"""The broken versions of what lies in rows of dates: surveys and customers."""

from tests.laws.mutation import Mutant

SURVEYS, DAY_ROWS = "aggregators.surveys", "aggregators.day_rows"
CUSTOMERS, CUSTOMER_ROWS = "aggregators.customers", "aggregators.customer_rows"
MEASURES, CATALOGUE = "aggregators.customer_measures", "aggregators.catalogue.customers"

MUTANTS_OF_DATES = (
    Mutant(
        "earlier answer kept",
        SURVEYS,
        "            withdraw(facts, fact)",
        "            withdraw([], fact)",
        "survey_waves",
    ),
    Mutant(
        "waves are one", SURVEYS, "None if data.wave is UNSET else data.wave)", "None)", "surveys recounted"
    ),
    Mutant("polarity ignored", SURVEYS, "score = low + high - score", "score = score + 0", "survey_csat_ces"),
    Mutant("promoter above nine", SURVEYS, "score >= classes[0]", "score > classes[0]", "survey_nps"),
    Mutant(
        "answers behind the end counted",
        DAY_ROWS,
        "if self._newest < end:",
        "if self._newest < end + 600_000:",
        "surveys reordered",
    ),
    Mutant(
        "late answer missing in a window that was read",
        DAY_ROWS,
        "if not self._bounds:",
        "if self._bounds:",
        "surveys live",
    ),
    Mutant(
        "a date kept longer than its answers",
        DAY_ROWS,
        "watermark - self.coarse_reach), self.zone) + 1",
        "watermark - self.coarse_reach), self.zone) - 1",
        "surveys restarted",
    ),
    Mutant(
        "new customers hide losses",
        CATALOGUE,
        '"lost": amount(counts, _M.LOST),',
        '"lost": amount(counts, _M.LOST) - amount(counts, _M.WON),',
        "customer_churn",
    ),
    Mutant(
        "everybody lost is of the start",
        MEASURES,
        "return measure - reference if reference < start else None",
        "return measure - reference",
        "customer_churn_cohort",
    ),
    Mutant(
        "who was never there is lost at the start",
        CUSTOMERS,
        "reference=membership.since)",
        "reference=0)",
        "customer_churn_cohort",
    ),
    Mutant("netted is all", CATALOGUE, " - amount(counts, _M.WON)", "", "customer_churn_netted"),
    Mutant(
        "losing a product loses the customer",
        CUSTOMERS,
        "        if not self._subscriptions:\n",
        "        if product:\n",
        "customer_churn",
    ),
    Mutant(
        "currencies added",
        CATALOGUE,
        "return next(iter(view.money.values())) if len(view.money) == 1 else None",
        "return next(iter(view.money.values()), None)",
        "customer_revenue",
    ),
    Mutant(
        "a contraction is an expansion",
        CUSTOMERS,
        "CustomerMeasure.MRR_EXPANDED if change > 0 else",
        "CustomerMeasure.MRR_EXPANDED if change else",
        "customer_revenue",
    ),
    Mutant(
        "a renewal shifts the term",
        CUSTOMERS,
        "subscription.term * (subscription.taken + 1)",
        "subscription.term",
        "customer_renewals",
    ),
    Mutant(
        "due after the end",
        CUSTOMERS,
        "            if fact[0] > time:",
        "            if fact[0] > time + 86_400_000:",
        "customer_renewals",
    ),
    Mutant(
        "a cart abandoned twice",
        CUSTOMERS,
        "elif cart in self._carts and cart not in self._abandoned:",
        "elif cart in self._carts:",
        "customer_orders",
    ),
    Mutant(
        "within is ever",
        CATALOGUE,
        'if view.options.returning == "within":',
        'if view.options.returning == "without":',
        "customer_returning_within",
    ),
    Mutant(
        "lifetime value of those at the start",
        CATALOGUE,
        "customers = _sum(parts, _M.PAYING_AT_START, _M.PAYING)",
        "customers = _sum(parts, _M.PAYING_AT_START)",
        "customer_lifetime",
    ),
    Mutant("margin left out", CATALOGUE, "margin * _sum(", "1 * _sum(", "customer_lifetime_margin"),
    Mutant(
        "margin whatever the option",
        CATALOGUE,
        'view.options.margin if view.options.lifetime_value == "profit" else 1',
        "view.options.margin",
        "customer_lifetime_revenue",
    ),
    Mutant(
        "a customer lost comes back as another one",
        CUSTOMERS,
        "membership.since, membership.lost = None, time",
        "membership.since, membership.lost = None, 0",
        "customers recounted",
    ),
    Mutant(
        "a stock goes with its date",
        CUSTOMER_ROWS,
        "            if stocks:\n",
        "            if not stocks:\n",
        "customers live",
    ),
    Mutant(
        "a subscriber is let go",
        CUSTOMERS,
        "return bool(self._subscriptions)",
        "return not self._subscriptions and False",
        "customers live",
    ),
    Mutant(
        "late change missing in a period that was read",
        CUSTOMER_ROWS,
        "        if not self._bounds:\n            return\n        rows",
        "        if self._bounds:\n            return\n        rows",
        "customers live",
    ),
    Mutant(
        "what lies behind the end counted",
        CUSTOMER_ROWS,
        "rows.facts_behind(until)",
        "rows.facts_behind(until + 600_000)",
        "customers reordered",
    ),
    Mutant(
        "stocks of dates that went are forgotten by a restoration",
        CUSTOMER_ROWS,
        "self.before if kind in AT_START else None",
        "self.before if kind not in AT_START else None",
        "customers restarted",
    ),
    Mutant(
        "parts of a second partition overwrite",
        "aggregators.parts",
        "add_parts(into.setdefault(series, {}), parts)",
        "into[series] = parts",
        "customers of partitions",
    ),
)
