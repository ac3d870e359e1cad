// Elements of the page. Texts are always set as text, so no name of a queue can become markup.
const byId = id => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Written only where it differs: a screen reader and a selection are left alone.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A status is a shape and a word; the colour only repeats them.
const SHAPES = { ok: "M2 9l4 4 8-10-1.5-1L6 10 3.5 7.5z", warn: "M8 1l7 14H1z", bad: "M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z" };

function statusMark(status, word) {
  const shape = svg("svg", { viewBox: "0 0 16 16", class: "shape", "aria-hidden": "true" }, svg("path", { d: SHAPES[status] }));
  return make("span", { class: "status", "data-status": status }, shape, word);
}

// A number that explains itself: value, small unit, and the question that it stands for.
function setNumber(button, [value, unit], question, name) {
  const key = JSON.stringify([value, unit, question, name]);
  if (button.dataset.key === key) return;
  button.dataset.key = key;
  button.question = { ...question, name, value: joined([value, unit]) };
  button.title = say.explain(name);
  button.replaceChildren(make("span", { class: "sr" }, `${name} `), value, unit ? make("span", { class: "unit" }, `\u00a0${unit}`) : "");
}

const numberButton = () => make("button", { type: "button", class: "number" });

// A line per stretch without gaps; a lone point is a dot. points: values or null, oldest first, one a minute.
function drawSparkline(graph, points, { name, low = 0, high = null, target = null, show }) {
  const known = points.filter(value => value !== null);
  graph.replaceChildren();
  const top = high ?? Math.max(...known, 1e-9);
  const x = index => ((60 - points.length + index) / 59 * 236 + 2).toFixed(1);
  const y = value => (38 - (value - low) / (top - low || 1) * 34).toFixed(1);
  if (target !== null) graph.append(svg("path", { class: "target", d: `M0 ${y(target)}H240` }));
  let path = "";
  points.forEach((value, index) => {
    if (value === null) return;
    const isNew = index === 0 || points[index - 1] === null;
    path += `${isNew ? "M" : "L"}${x(index)} ${y(value)}${isNew ? "h.1" : ""}`;
  });
  graph.append(svg("path", { class: "line", d: path || "M0 0" }));
  const told = known.length ? say.chart(name, joined(show(Math.min(...known))), joined(show(Math.max(...known)))) : say.no_history;
  graph.setAttribute("aria-label", told);
}
