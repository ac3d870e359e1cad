// The table of queues: one line for each queue and channel that is chosen.
const RANK = { bad: 0, warn: 1, ok: 2 };

const COLUMNS = [
  ["service_level", (numbers, row) => ["service_level_ratio", share(numbers.cell(row, "service_level_ratio"))]],
  ["waiting", (numbers, row) => [WAITS, count(numbers.cell(row, WAITS))]],
  ["longest", (numbers, row, now) => {
    const since = numbers.cell(row, SINCE);
    return [SINCE, duration(since === null ? null : now / 1000 - since, true)];
  }],
  ["answered", (numbers, row) => ["answered", count(numbers.cell(row, "answered"))]],
  ["abandoned", (numbers, row) => ["abandoned", count(numbers.cell(row, "abandoned"))]],
  ["asa", (numbers, row) => ["answer_seconds.mean", duration(numbers.cell(row, "answer_seconds.mean"))]],
  ["frt", (numbers, row) => ["first_response_seconds.mean", duration(numbers.cell(row, "first_response_seconds.mean"))]],
  ["aht", (numbers, row) => ["handle_seconds.mean", duration(numbers.cell(row, "handle_seconds.mean"))]],
  ["open", (numbers, row) => {
    const known = STATES.map(state => numbers.cell(row, `open_cases.${state}`)).filter(value => value !== null);
    return ["open_cases", count(known.length ? known.reduce((sum, value) => sum + value, 0) : null)];
  }],
];

class QueueTable {
  constructor() {
    this.lines = new Map();
    this.head = make("tr");
    this.body = make("tbody");
    this.element = make("table", {}, make("thead", {}, this.head), this.body);
  }

  // The words of the head; German ones are the floor's, short where a column is narrow.
  title() {
    const short = { asa: "ASA", frt: "FRT", aht: "AHT" };
    const long = { asa: `${say.asa} ${say.asa_long}`, frt: `${say.frt} ${say.frt_long}`, aht: `${say.aht} ${say.aht_long}` };
    this.head.replaceChildren(
      make("th", { scope: "col" }, say.queue), make("th", { scope: "col" }, say.channel),
      ...COLUMNS.map(([id]) => make("th", { scope: "col", class: `column-${id}` }, short[id] ? make("abbr", { title: long[id] }, short[id]) : say[id])),
    );
  }

  update(numbers, now) {
    const rows = numbers.pairs.map(row => ({ row, key: JSON.stringify(row.slice(0, 2)), status: levelStatus(numbers, row) }));
    // On a wall what needs somebody comes first; under a hand nothing may move.
    const rank = each => choices.kiosk ? RANK[each.status?.[0]] ?? 3 : 0;
    rows.sort((a, b) => rank(a) - rank(b) || placeName(a.row).localeCompare(placeName(b.row)));
    const kept = new Set(rows.map(each => each.key));
    for (const [key, line] of this.lines) {
      if (!kept.has(key)) { line.element.remove(); this.lines.delete(key); }
    }
    rows.forEach((each, index) => {
      if (!this.lines.has(each.key)) this.lines.set(each.key, newLine());
      const line = this.lines.get(each.key);
      if (this.body.children[index] !== line.element) this.body.insertBefore(line.element, this.body.children[index] ?? null);
      updateLine(line, each, numbers, now);
    });
  }
}

function newLine() {
  const line = { queue: make("span"), small: make("small"), channel: make("td"), mark: make("span", { class: "mark" }), buttons: COLUMNS.map(numberButton) };
  const cells = COLUMNS.map(([id], index) => make("td", { class: `column-${id}` }, id === "service_level" ? line.mark : null, line.buttons[index]));
  line.element = make("tr", {}, make("th", { scope: "row" }, line.queue, line.small), line.channel, ...cells);
  return line;
}

function updateLine(line, { row, status }, numbers, now) {
  setText(line.queue, numbers.isOpen(row[1]) ? row[1] : `${row[1]} (${say.closed})`);
  // On a narrow screen the channel stands below the queue instead of beside it.
  for (const place of [line.channel, line.small]) setText(place, channelName(row[0]));
  line.element.dataset.status = status?.[0] ?? "none";
  const mark = status?.join() ?? "";
  if (line.mark.dataset.mark !== mark) {
    line.mark.dataset.mark = mark;
    line.mark.replaceChildren(status ? statusMark(...status) : "");
  }
  COLUMNS.forEach(([id, read], index) => {
    const [column, value] = read(numbers, row, now);
    setNumber(line.buttons[index], value, questionOf(numbers, column, row), `${say[id]} ${placeName(row)}`);
  });
}
