// What the pages of surveys and of customers share: numbers as people read them, tiles with an interval or a small
// table, and the table below the tiles.
const fixed = (digits, options = {}) => value => value === null ? [DASH, ""]
  : [value.toLocaleString(choices.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options }), ""];
const points = fixed(0, { signDisplay: "exceptZero" });
const decimal = fixed(1);
const percent = value => value === null ? [DASH, ""] : [fixed(1)(value * 100)[0], "%"];
const signedPercent = value => value === null ? [DASH, ""] : [points(value * 100)[0], "%"];

// Minor units of a currency as its people write them: 990 EUR are € 9.90, 990 JPY are ¥ 990.
function money(minor, currency) {
  if (minor === null) return [DASH, ""];
  if (!/^[A-Z]{3}$/.test(currency)) return [count(minor)[0], `${currency} (${say.minor})`]; // nothing a browser knows
  const format = new Intl.NumberFormat(choices.lang, { style: "currency", currency });
  return [format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits), ""];
}

// In German the catalogue's own term.
const titleOf = (key, short) => choices.lang === "de" && short ? SETTINGS.catalogue[short].german : say.title[key];
const sample = number => number === null ? null : say.n(count(number)[0]);

class LoyalTile extends Tile {
  constructor(id, span) {
    super(id, true);
    this.element.dataset.span = span;
    this.scale = svg("svg", { viewBox: "0 0 240 20", class: "interval", role: "img", preserveAspectRatio: "none" });
    this.between = make("p", { class: "between" }, this.scale);
    this.table = make("table");
    this.list.before(this.between, make("div", { class: "wide" }, this.table));
  }

  update(told, numbers) {
    super.update(told, numbers);
    this.between.hidden = !told.interval;
    if (told.interval) drawInterval(this.scale, told.interval);
    this.table.hidden = !told.columns?.length;
    if (told.columns?.length) fillTable(this.table, told, numbers);
  }
}

// Where a number lies between the ends of its scale, how far chance reaches, and where the target is.
function drawInterval(graph, { value, low, high, ends: [least, most], target, text }) {
  const key = JSON.stringify([value, low, high, target, text]);
  if (graph.drawn === key) return;
  graph.drawn = key;
  const x = each => ((each - least) / (most - least) * 232 + 4).toFixed(1);
  graph.replaceChildren(
    svg("path", { class: "axis", d: `M4 10H236M4 6v8M236 6v8M${x((least + most) / 2)} 8v4` }),
    svg("path", { class: "reach", d: `M${x(low)} 10H${x(high)}` }),
    svg("path", { class: "here", d: `M${x(value)} 3v14` }),
  );
  if (target !== null) graph.append(svg("path", { class: "goal", d: `M${x(target)} 0v20` }));
  graph.setAttribute("aria-label", text);
}

// A table of numbers. told.columns: headings; told.lines: [name, [value, column, row] …]; it is made anew only where
// its shape changes, so that a focus stays.
function fillTable(table, told, numbers) {
  const shape = JSON.stringify([told.corner, told.columns, told.lines.map(([name]) => name), choices.lang]);
  if (table.dataset.shape !== shape) {
    table.dataset.shape = shape;
    const head = [told.corner, ...told.columns].map(text => make("th", { scope: "col" }, text));
    const body = told.lines.map(([name]) => make("tr", {}, make("th", { scope: "row" }, name),
      ...told.columns.map(() => make("td", {}, numberButton(), make("small")))));
    table.replaceChildren(make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
  }
  told.lines.forEach(([name, ...cells], line) => cells.forEach(([value, column, row, beside], index) => {
    const [button, small] = table.tBodies[0].rows[line].cells[index + 1].children;
    setNumber(button, value, questionOf(numbers, column, row), `${told.columns[index]} ${name}`);
    setText(small, beside ?? "");
  }));
}

// What a page of this kind is made of. tiles: [id, width of 12, told(numbers)]; below: the table told of numbers.
function loyalPage(tiles, below) {
  const made = tiles.map(([id, span, tell]) => ({ tell, tile: new LoyalTile(id, span) }));
  const table = make("table");
  byId("tiles").append(...made.map(({ tile }) => tile.element));
  byId("queues-table").append(table);
  const name = SETTINGS.lists[0];
  return {
    numbers: message => new Numbers(message),
    draw(numbers) {
      for (const { tell, tile } of made) tile.update(tell(numbers), numbers);
      const told = below(numbers);
      table.hidden = !told.lines.length;
      if (told.lines.length) fillTable(table, told, numbers);
      setText(byId("queues-more"), told.lines.length ? hiddenLines(table.tBodies[0]) : say.empty);
    },
    range: ({ window }) => say.window[window] ?? window,
    dress() { setText(byId("queues-title"), say.below); },
    picks(rows) {
      const known = [...new Set([...rows.map(row => row[1]).filter(each => each !== null), ...choices[name]])].sort();
      return [boxes(say.pick, name, known, each => each)];
    },
  };
}
