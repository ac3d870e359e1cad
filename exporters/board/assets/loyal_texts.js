// Words of the pages of surveys and customers. German titles are the catalogue's own terms (titleOf).
const PAGE_TEXTS = {
  en: {
    now: "now", meaning: "What it says", good: "A good value", trap: "How it is misread", minor: "minor units",
    queue: "Queue", product: "Product", currency: "Currency", no_product: "(without a product)", no_answers: "no answers", no_sample: "nothing of the kind",
    nobody_there: "no customers at the start", no_revenue: "no monthly revenue", target: t => `target ${t}`,
    churn_target: t => `target: at most ${t} in 30 days`, on_target: "on target", on_target_perhaps: "on target, may be chance",
    below_target: "below target", below_perhaps: "below target, may be chance", above_target: "above target",
    between: (low, high) => `95 %: ${low} to ${high}`, of_five: "of 5", easy: "5 is easy", mean: m => `mean ${m} of 5`,
    of: (a, b, what) => `${a} of ${b} ${what}`, lost_of: (a, b) => `${a} left, ${b} at the start`,
    title: {
      nps: "NPS", csat: "Satisfied (CSAT)", effort: "Ease (CES)", review: "Reviewed contacts (IQS)", emotion: "Good feelings less bad ones", answers: "Answers",
      customers: "Customers", churn: "Churn", retention: "Retention", revenue: "Monthly recurring revenue", renewal: "Renewals taken",
      referral: "New by referral", upsell: "Sales with an upsell", conversion: "Orders per visit", carts: "Carts abandoned",
      returning: "Buyers who came back", purchases: "Orders per buyer", engagement: "Interactions per customer", lifetime: "Lifetime value",
    },
    likely: { recommend: "Would recommend us", switch: "Would leave us", repurchase: "Would buy again" },
    short: { nps: "NPS", csat: "CSAT", effort: "CES", review: "IQS", recommend: "recommend", switch: "leave", repurchase: "buy again", emotion: "feelings", churn: "Churn", renewal: "Renewed", referral: "Referred", upsell: "Upsell" },
    survey: { nps: "NPS", csat: "CSAT", ces: "CES", iqs: "IQS", recommend: "recommend", switch: "leave", repurchase: "buy again", emotion: "feelings" },
    part: {
      at_start: "at the start", new: "new", lost: "left", at_end: "at the end", expanded: "expanded", contracted: "contracted", cancelled: "cancelled",
      renewals_due: "due", sales: "sales", visits: "visits", carts_opened: "carts", buyers: "buyers", active: "active customers",
    },
    share: { mrr_churn_ratio: "share lost", net_mrr_churn_ratio: "share lost, net of expansion", mrr_expansion_ratio: "share added", at_end: "Monthly revenue" },
    nothing: { renewal: "none due", referral: "nobody new", upsell: "no sales", conversion: "no visits", carts: "no carts", returning: "no buyers", purchases: "no buyers", engagement: "no customers", retention: "no customers at the start" },
    window: { "1d": "today", "7d": "7 days", "30d": "30 days", "90d": "90 days", "180d": "180 days", "365d": "365 days", month: "this month", quarter: "this quarter", last_month: "last month", last_quarter: "last quarter" },
  },
  de: {
    now: "jetzt", meaning: "Was es sagt", good: "Ein guter Wert", trap: "Wie es missverstanden wird", minor: "kleinste Einheit",
    queue: "Warteschlange", product: "Produkt", currency: "Währung", no_product: "(ohne Produkt)", no_answers: "keine Antworten", no_sample: "nichts dergleichen",
    nobody_there: "keine Kunden am Anfang", no_revenue: "kein Monatsumsatz", target: t => `Ziel ${t}`,
    churn_target: t => `Ziel: höchstens ${t} in 30 Tagen`, on_target: "im Ziel", on_target_perhaps: "im Ziel, vielleicht Zufall",
    below_target: "unter Ziel", below_perhaps: "unter Ziel, vielleicht Zufall", above_target: "über Ziel",
    between: (low, high) => `95 %: ${low} bis ${high}`, of_five: "von 5", easy: "5 ist leicht", mean: m => `Mittel ${m} von 5`,
    of: (a, b, what) => `${a} von ${b} ${what}`, lost_of: (a, b) => `${a} gegangen, ${b} am Anfang`,
    title: { customers: "Kunden", revenue: "Monatlich wiederkehrender Umsatz" },
    likely: { recommend: "Würden uns empfehlen", switch: "Würden wechseln", repurchase: "Würden wieder kaufen" },
    short: { nps: "NPS", csat: "CSAT", effort: "CES", review: "IQS", recommend: "empfehlen", switch: "wechseln", repurchase: "wieder kaufen", emotion: "Gefühle", churn: "Abwanderung", renewal: "Verlängert", referral: "Empfohlen", upsell: "Upselling" },
    survey: { nps: "NPS", csat: "CSAT", ces: "CES", iqs: "IQS", recommend: "empfehlen", switch: "wechseln", repurchase: "wieder kaufen", emotion: "Gefühle" },
    part: {
      at_start: "am Anfang", new: "neu", lost: "gegangen", at_end: "am Ende", expanded: "ausgeweitet", contracted: "verringert", cancelled: "gekündigt",
      renewals_due: "fällig", sales: "Verkäufe", visits: "Besuche", carts_opened: "Warenkörbe", buyers: "Käufer", active: "aktive Kunden",
    },
    share: { mrr_churn_ratio: "Anteil verloren", net_mrr_churn_ratio: "Anteil verloren, netto", mrr_expansion_ratio: "Anteil hinzugekommen", at_end: "Monatsumsatz" },
    nothing: { renewal: "keine fällig", referral: "niemand neu", upsell: "keine Verkäufe", conversion: "keine Besuche", carts: "keine Warenkörbe", returning: "keine Käufer", purchases: "keine Käufer", engagement: "keine Kunden", retention: "keine Kunden am Anfang" },
    window: { "1d": "heute", "7d": "7 Tage", "30d": "30 Tage", "90d": "90 Tage", "180d": "180 Tage", "365d": "365 Tage", month: "dieser Monat", quarter: "dieses Quartal", last_month: "letzter Monat", last_quarter: "letztes Quartal" },
  },
};
for (const lang in PAGE_WORDS) Object.assign(PAGE_TEXTS[lang], PAGE_WORDS[lang]);
