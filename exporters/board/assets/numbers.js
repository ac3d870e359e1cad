// The numbers of one moment. Only counts are ever added up; ratios and means are those that the server
// derived for exactly this place. For several queues at once there is none: then the worst one is shown, by name.
const INDEX = new Map();

function useColumns(columns) {
  INDEX.clear();
  columns.forEach((column, index) => INDEX.set(column, index + 2)); // a row begins with channel and queue
}

class Numbers {
  // message: of the stream; rows: [channel | null, queue | null, values …]; isPast: of a past moment, as known now.
  constructor(message, isPast = false) {
    this.message = message;
    this.isPast = isPast;
    this.rows = message.rows;
    this.pairs = this.rows.filter(([channel, queue]) => channel !== null && queue !== null
      && (!choices.channels.length || choices.channels.includes(channel))
      && (!choices.queues.length || choices.queues.includes(queue)));
    this.site = this.rows.find(([channel, queue]) => channel === null && queue === null) ?? [null, null];
    this.scope = this.findScope();
  }

  // The row of exactly what is chosen: everything, one channel, one queue on one channel; else null.
  findScope() {
    if (!choices.queues.length && !choices.channels.length) return this.site;
    if (!choices.queues.length && choices.channels.length === 1) {
      const channel = choices.channels[0];
      return this.rows.find(row => row[0] === channel && row[1] === null) ?? [channel, null];
    }
    return this.pairs.length === 1 ? this.pairs[0] : null;
  }

  get isComplete() { return this.message.complete; }

  cell(row, column) { return row?.[INDEX.get(column)] ?? null; }

  // Counts of a window: the roll-up where there is one, else the sum over the pairs; null where nobody counts.
  count(column) { return this.scope ? this.cell(this.scope, column) : this.sum(column); }

  // Gauges of the state now have no roll-ups, and are additive. Without any queue nothing is there: 0.
  sum(column, pairs = this.pairs) {
    const values = pairs.map(row => this.cell(row, column)).filter(value => value !== null);
    return values.length || !pairs.length ? values.reduce((sum, value) => sum + value, 0) : null;
  }

  // The row a ratio or mean is read from: of what is chosen, else the worst of the pairs.
  source(column, isHighBad) {
    if (this.scope) return this.scope;
    return this.pairs.filter(row => this.cell(row, column) !== null)
      .sort((a, b) => (this.cell(a, column) - this.cell(b, column)) * (isHighBad ? -1 : 1))[0] ?? null;
  }

  // Calls and chats have a threshold; tickets have targets instead.
  get contacts() { return this.pairs.filter(row => this.cell(row, "service_level_threshold_seconds") !== null); }
  get tickets() { return this.pairs.filter(row => this.cell(row, "service_level_threshold_seconds") === null); }

  // The pair with the earliest moment in a column, null without any.
  earliest(column, pairs) {
    return pairs.filter(row => this.cell(row, column) !== null)
      .sort((a, b) => this.cell(a, column) - this.cell(b, column))[0] ?? null;
  }

  // The values that the pairs behind a row have in a column: one where all agree.
  range(column, row) {
    const pairs = this.pairs.filter(pair => (row[0] ?? pair[0]) === pair[0] && (row[1] ?? pair[1]) === pair[1]);
    const values = pairs.map(pair => this.cell(pair, column)).filter(value => value !== null);
    return values.length ? [Math.min(...values), Math.max(...values)] : null;
  }

  isOpen(queue) {
    const row = this.rows.find(each => each[0] === null && each[1] === queue);
    return this.cell(row, "queue_open") !== 0;
  }
}

// The document of /api/v1/live in the form of the stream: what is used while there is no stream.
function messageOfLive(live) {
  const rows = new Map();
  const add = (entry, short, column) => {
    const { channel = null, queue = null, ...own } = entry.labels;
    const key = JSON.stringify([channel, queue]);
    const index = INDEX.get(column ?? [short, ...Object.values(own)].join("."));
    if (index === undefined) return;
    if (!rows.has(key)) rows.set(key, [channel, queue, ...Array(INDEX.size).fill(null)]);
    rows.get(key)[index] = entry.value;
  };
  const short = name => name.replace(/^support_(all_window_|channel_window_|window_)?/, "");
  for (const entry of live.windows[choices.window] ?? []) add(entry, short(entry.name));
  for (const entry of live.states) add(entry, short(entry.name));
  for (const entry of live.windows[SETTINGS.day] ?? []) {
    if (short(entry.name) === "requests") add(entry, "", "requests_of_day");
  }
  const partitions = {};
  for (const { state } of live.partitions) partitions[state] = (partitions[state] ?? 0) + 1;
  return {
    now: live.now, window: choices.window, window_end: live.window_end, watermark: live.watermark, complete: live.complete,
    lag: live.partitions.reduce((sum, each) => sum + (each.lag ?? 0), 0), partitions, rows: [...rows.values()],
  };
}
