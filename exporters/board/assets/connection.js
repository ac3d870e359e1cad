// Where the views come from: the stream, and while there is none a question every second.
const POLL_MS = 1000, AGAIN_MS = 3000;

class History {
  constructor() { this.told = null; }

  take(told) {
    this.told = told;
    this.places = new Map(told.rows.map(row => [JSON.stringify(row.slice(0, 2)), row.slice(2)]));
  }

  // The last hour up to now, oldest first; null where nothing was seen. Several rows are added up, minute by
  // minute, where all of them are known.
  points(rows, column) {
    const index = this.told?.columns.indexOf(column) ?? -1;
    if (index < 0 || this.told.from === null || !rows.length || rows.includes(null) || board.liveNow === null) return [];
    const series = rows.map(row => this.places.get(JSON.stringify([row[0] ?? null, row[1] ?? null]))?.[index]);
    if (series.includes(undefined)) return [];
    const first = this.told.from / 60000, last = Math.floor(board.liveNow / 60000);
    const points = [];
    for (let minute = Math.max(first, last - 59); minute <= last; minute++) {
      const values = series.map(each => each[minute - first] ?? null);
      points.push(values.includes(null) ? null : values.reduce((sum, value) => sum + value, 0));
    }
    return points;
  }
}

class Connection {
  // take(message): a new view; state: starting, live, polling or lost.
  constructor(take, history) {
    this.take = take;
    this.history = history;
    this.state = "starting";
    this.source = null;
    this.polling = null;
  }

  // Begin, or begin anew for another window.
  open() {
    this.source?.close();
    clearTimeout(this.again);
    if (!("EventSource" in window)) return this.poll();
    // The origin, because an address with a password in it is no base for a request.
    const source = this.source = new EventSource(`${location.origin}/api/v1/stream?page=${SETTINGS.page}&window=${encodeURIComponent(choices.window)}`);
    source.addEventListener("greeting", event => {
      const told = JSON.parse(event.data);
      // Another program answers now: take its page, too.
      if (told.revision !== SETTINGS.revision) return location.reload();
      useColumns(told.columns);
      this.age = told.age ?? 0;
    });
    source.addEventListener("history", event => this.history.take(JSON.parse(event.data)));
    source.addEventListener("view", event => {
      this.stopPolling();
      this.state = "live";
      this.take(JSON.parse(event.data), this.age);
      this.age = 0;
    });
    source.addEventListener("error", () => {
      if (source !== this.source) return;
      if (this.state === "live") this.state = "lost";
      this.poll();
      // The browser tries again by itself unless it was refused.
      if (source.readyState === EventSource.CLOSED) this.again = setTimeout(() => this.open(), AGAIN_MS);
    });
  }

  poll() {
    if (this.polling) return;
    const ask = async () => {
      try {
        const answer = await fetch(`${location.origin}/api/v1/live`, { cache: "no-store" });
        if (!answer.ok) throw new Error(answer.status);
        const live = await answer.json();
        if (this.polling) {
          this.state = "polling";
          this.take(messageOfLive(live), 0);
        }
      } catch {
        // Whatever it was, the board says that it has no connection, and asks again.
        if (this.state !== "starting") this.state = "lost";
      }
      if (this.polling) this.polling = setTimeout(ask, POLL_MS);
    };
    this.polling = setTimeout(ask, POLL_MS);
  }

  stopPolling() {
    clearTimeout(this.polling);
    this.polling = null;
  }
}
