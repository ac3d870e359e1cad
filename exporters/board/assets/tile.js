// A tile: a large number with its standing, notes and smaller numbers. What it says comes from a function of the
// page; questionOf(numbers, column, row) is the page's, too.
function bars(entries) {
  const most = Math.max(1, ...entries.map(entry => entry.amount ?? 0));
  return entries.map(entry => ({ ...entry, value: count(entry.amount), bar: (entry.amount ?? 0) / most }));
}

class Tile {
  constructor(id, isWindow) {
    this.id = id;
    this.isWindow = isWindow;
    this.title = make("h2");
    this.subtitle = make("span", { class: "subtitle" });
    this.number = numberButton();
    this.aside = make("span", { class: "aside" });
    this.big = make("p", { class: "big" }, this.number, this.aside);
    this.status = make("p", { class: "standing" });
    this.notes = make("p", { class: "notes" });
    this.list = make("ul", { class: "items" });
    this.graph = svg("svg", { viewBox: "0 0 240 40", class: "spark", role: "img", preserveAspectRatio: "none" });
    this.caption = make("p", { class: "caption" });
    this.chart = make("div", { class: "chart" }, this.graph, this.caption);
    this.element = make("article", { class: "tile", id: `tile-${id}` }, this.title, this.big, this.status, this.notes, this.list, this.chart);
    this.items = [];
  }

  update(told, numbers, history) {
    const isProvisional = this.isWindow && numbers.message.lag > 0 && this.element.closest("[data-catching-up]");
    setText(this.title, told.title + (told.subtitle ? ` (${told.subtitle})` : "") + (isProvisional ? ` · ${say.provisional}` : ""));
    this.element.classList.toggle("provisional", Boolean(isProvisional));
    this.big.hidden = !told.big;
    if (told.big) setNumber(this.number, told.big, questionOf(numbers, told.column, told.row), told.title);
    setText(this.aside, told.unit ? `\u00a0${told.unit}` : "");
    this.element.dataset.status = told.status?.[0] ?? "none";
    const mark = told.status?.join() ?? "";
    if (this.status.dataset.mark !== mark) {
      this.status.dataset.mark = mark;
      this.status.replaceChildren(told.status ? statusMark(...told.status) : "");
    }
    setLines(this.notes, told.notes.filter(note => note));
    this.updateItems(told.items ?? [], numbers);
    this.chart.hidden = !told.spark;
    if (told.spark) this.draw(told, history);
  }

  updateItems(items, numbers) {
    while (this.items.length > items.length) this.items.pop().remove();
    items.forEach((item, index) => {
      if (!this.items[index]) {
        const line = make("li", {}, make("span", { class: "label" }), make("span", { class: "bar", "aria-hidden": "true" }, make("i")), numberButton());
        this.items.push(line);
        this.list.append(line);
      }
      const [label, bar, button] = this.items[index].children;
      setText(label, item.label);
      bar.hidden = item.bar === undefined;
      bar.firstChild.style.width = `${(item.bar ?? 0) * 100}%`;
      const question = questionOf(numbers, item.column, item.row);
      setNumber(button, item.value, item.window ? { ...question, window: item.window } : question, item.label);
    });
  }

  draw(told, history) {
    const points = history.points(told.spark.rows, told.spark.column);
    const back = PAGE.past?.minutesBack ?? null;
    const key = JSON.stringify([points, told.spark.target, choices.lang, back]);
    if (this.graph.drawn === key) return;
    this.graph.drawn = key;
    drawSparkline(this.graph, points, { ...told.spark, name: told.title });
    if (back !== null) this.graph.append(svg("path", { class: "then", d: `M${((59 - back) * 4 + 2).toFixed(1)} 0V40` }));
    const known = points.some(value => value !== null);
    setText(this.caption, known ? say.last(points.length) : say.no_history);
  }
}

function setLines(element, lines) {
  const key = JSON.stringify(lines);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...lines.map(line => make("span", {}, line)));
}
