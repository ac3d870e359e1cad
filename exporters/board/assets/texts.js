// Words that every page of the board uses. Where a value of a label has no word of its own, the value is the word.
const TEXTS = {
  en: {
    all: "All queues", n: n => `n = ${n}`, last: n => `last ${n} min`, no_history: "no history yet",
    chart: (name, low, high) => `${name}, last hour: ${low} to ${high}`, provisional: "provisional",
    as_of: t => `as of ${t}`, event_time: "event time", starting: "starting: no numbers yet", live: "live",
    polling: "live (polling)", lost: "connection lost, trying again", stale: t => `STALE: ${t} old`,
    incomplete: "INCOMPLETE", behind: n => `CATCHING UP: ${n} records behind`, newest: t => `newest event ${t} ago`,
    partition: { recovering: "being read back", failed: "failed", unowned: "elsewhere", stale: "without broker", missing: "missing", live: "live" },
    partitions: "partitions", settings: "Settings", win: "Window", lang: "Language", theme: "Theme", dark: "dark",
    light: "light", scale: "Scale", kiosk: "Kiosk (leave with Esc)", close: "Close", definition: "What counts",
    formula: "Formula", threshold: "Threshold", explain: n => `${n}: explain`,
    pages: { floor: "Floor", quality: "Quality", customers: "Customers" },
  },
  de: {
    all: "Alle Warteschlangen", n: n => `n = ${n}`, last: n => `letzte ${n} min`, no_history: "noch kein Verlauf",
    chart: (name, low, high) => `${name}, letzte Stunde: ${low} bis ${high}`, provisional: "vorläufig",
    as_of: t => `Stand ${t}`, event_time: "Ereigniszeit", starting: "startet: noch keine Zahlen", live: "live",
    polling: "live (Abfrage)", lost: "Verbindung weg, neuer Versuch läuft", stale: t => `VERALTET: ${t} alt`,
    incomplete: "UNVOLLSTÄNDIG", behind: n => `HOLT AUF: ${n} Datensätze zurück`,
    newest: t => `neuestes Ereignis vor ${t}`,
    partition: { recovering: "werden eingelesen", failed: "gestört", unowned: "anderswo", stale: "ohne Broker", missing: "fehlen", live: "live" },
    partitions: "Partitionen", settings: "Einstellungen", win: "Fenster", lang: "Sprache", theme: "Farben",
    dark: "dunkel", light: "hell", scale: "Größe", kiosk: "Kiosk (Esc beendet)", close: "Schließen",
    definition: "Was zählt", formula: "Formel", threshold: "Zielzeit", explain: n => `${n}: erklären`,
    pages: { floor: "Betrieb", quality: "Qualität", customers: "Kunden" },
  },
};
