// What only the page of surveys says.
const PAGE_WORDS = {
  en: { all: "All queues", below: "Queues", pick: "Queues (none: all)", empty: "No answers yet: the page fills as surveys arrive." },
  de: { all: "Alle Warteschlangen", below: "Warteschlangen", pick: "Warteschlangen (keine: alle)", empty: "Noch keine Antworten: die Seite füllt sich, sobald Umfragen kommen." },
};
