// What only the page of customers says.
const PAGE_WORDS = {
  en: { all: "All products", below: "Products", pick: "Products (none: all)", empty: "No customers yet: the page fills as events arrive." },
  de: { all: "Alle Produkte", below: "Produkte", pick: "Produkte (keine: alle)", empty: "Noch keine Kunden: die Seite füllt sich, sobald Ereignisse kommen." },
};
