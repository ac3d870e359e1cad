// The numbers of one moment: rows of [window, place …, values …]. Nothing is added up or divided here: every number
// is the server's own, of the site for each window, of queues or products for the window that is chosen.
const INDEX = new Map();

function useColumns(columns) {
  INDEX.clear();
  columns.forEach((column, index) => INDEX.set(column, index + SETTINGS.places.length));
}

class Numbers {
  constructor(message) {
    this.message = message;
    this.rows = message.rows;
    // One queue or product chosen: it is what the tiles are about, else the whole site.
    const [chosen, ...more] = choices[SETTINGS.lists[0]];
    this.only = chosen !== undefined && !more.length ? chosen : null;
  }

  // The row of a place; window: null for the state now.
  row(window, name = this.only, currency = null) {
    return this.rows.find(row => row[0] === window && row[1] === name && (SETTINGS.places.length < 3 || row[2] === currency));
  }

  cell(row, column) { return row?.[INDEX.get(column)] ?? null; }

  // What the tiles are about, in the window that is chosen.
  get scope() { return this.row(this.message.window); }

  // The lines of the table: queues or products of the window that are chosen.
  get lines() {
    const chosen = choices[SETTINGS.lists[0]];
    const rows = this.rows.filter(row => row[0] === this.message.window && row[1] !== null && (row[2] ?? null) === null);
    return rows.filter(row => !chosen.length || chosen.includes(row[1])).sort((a, b) => a[1].localeCompare(b[1]));
  }

  // The currencies in which a place has money, in the window that is chosen or now.
  currencies(name = this.only) {
    const found = this.rows.filter(row => row[1] === name && row[2] && [this.message.window, null].includes(row[0]));
    return [...new Set(found.map(row => row[2]))].sort();
  }
}

function questionOf(numbers, column, row) {
  return { short: column.split(".")[0], place: row?.[1] ?? say.all, window: row?.[0] ?? say.now };
}

// The document of /api/v1/live in the form of the stream: what is used while there is no stream.
function messageOfLive(live) {
  const rows = new Map();
  const labels = SETTINGS.places.slice(1);
  const add = (window, { name, labels: stated, value }) => {
    const place = [window, ...labels.map(label => stated[label] ?? null)];
    const own = Object.entries(stated).filter(([label]) => !labels.includes(label)).map(([, each]) => each);
    const index = INDEX.get([name.replace(/^support_(all_)?(window_)?/, ""), ...own].join("."));
    if (index === undefined || (place[1] !== null && window !== null && window !== choices.window)) return;
    const key = JSON.stringify(place);
    if (!rows.has(key)) rows.set(key, [...place, ...Array(INDEX.size).fill(null)]);
    rows.get(key)[index] = value;
  };
  for (const entry of live.states) add(null, entry);
  for (const window of SETTINGS.windows) for (const entry of live.windows[window] ?? []) add(window, entry);
  const partitions = {};
  for (const { state } of live.partitions) partitions[state] = (partitions[state] ?? 0) + 1;
  return {
    now: live.now, window: choices.window, window_end: live.window_end, watermark: live.watermark, complete: live.complete,
    lag: live.partitions.reduce((sum, each) => sum + (each.lag ?? 0), 0), partitions, rows: [...rows.values()],
  };
}
