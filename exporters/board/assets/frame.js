// What all pages share: takes views, has them drawn, ticks, and says how far they are to be trusted. PAGE is the
// page's own: numbers(message), draw(numbers, now), range(message), dress(), picks(numbers), and past where it can look
// back (past.js).
const STALE_MS = 5000, TICK_MS = 250, MOST_BEHIND = 100;

const board = {
  numbers: null, takenAt: 0, heardAt: null, seen: null,

  // The moment that is shown (ms): that of the view, and on while it is fresh and its clock is a wall's.
  get now() {
    if (PAGE.past?.numbers) return PAGE.past.numbers.message.now;
    return this.liveNow;
  },
  // The same of the view of now, whatever is shown.
  get liveNow() {
    if (!this.numbers) return null;
    const age = this.isStale || SETTINGS.event_clock ? 0 : performance.now() - this.takenAt;
    return this.numbers.message.now + Math.min(age, STALE_MS);
  },
  get isStale() { return this.heardAt === null || performance.now() - this.heardAt > STALE_MS || !this.message?.complete; },
  message: null,
};
const history_ = new History();
const connection = new Connection(take, history_);

// age: how many seconds old the view was already when it was sent.
function take(message, age) {
  board.heardAt = performance.now() - age * 1000;
  board.message = message;
  // Without all partitions there are no numbers: the last whole ones stay, in grey and with their time.
  if (message.complete) {
    board.takenAt = board.heardAt;
    board.numbers = PAGE.numbers(message);
  }
  draw();
}

function draw() {
  PAGE.past?.draw();
  drawHeader();
  const numbers = PAGE.past?.numbers ?? board.numbers;
  if (numbers) PAGE.draw(numbers, board.now);
}

// On a wall nobody scrolls: how many lines found no room.
function hiddenLines(body) {
  if (!choices.kiosk) return "";
  const bottom = byId("queues").getBoundingClientRect().bottom - 1.6 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const hidden = [...body.children].filter(line => {
    line.hidden = false;
    return line.getBoundingClientRect().bottom > bottom;
  });
  hidden.forEach(line => { line.hidden = true; });
  return hidden.length ? say.more(hidden.length) : "";
}

function drawHeader() {
  const { message } = board;
  const numbers = PAGE.past?.numbers ?? board.numbers;
  const root = document.documentElement;
  root.toggleAttribute("data-past", choices.at !== null);
  root.toggleAttribute("data-stale", board.isStale && !PAGE.past?.numbers);
  root.toggleAttribute("data-catching-up", Boolean(message && message.lag > MOST_BEHIND));
  setText(byId("scope"), scopeText());
  if (numbers) {
    const { now } = numbers.message;
    setText(byId("range"), PAGE.range(numbers.message));
    const moment = say.as_of(numbers.isPast ? moment_(now) : clock(now));
    setText(byId("as-of"), numbers.isPast ? say.as_known(moment) : moment + (SETTINGS.event_clock ? ` (${say.event_time})` : ""));
  }
  const [standing, text] = standingOf(message);
  const link = byId("link");
  if (link.dataset.text !== text) {
    link.dataset.text = text;
    link.replaceChildren(statusMark(standing, text));
  }
}

// What is to be said about the numbers as a whole: a status and a sentence.
function standingOf(message) {
  if (PAGE.past?.trouble) return ["bad", PAGE.past.trouble];
  if (PAGE.past?.numbers) return ["warn", say.past];
  if (!message) return connection.state === "lost" ? ["bad", say.lost] : ["warn", say.starting];
  const age = Math.floor((performance.now() - board.heardAt) / 1000);
  if (age * 1000 >= STALE_MS) {
    return ["bad", `${say.stale(joined(duration(age)))}${connection.state === "live" ? "" : ` · ${say.lost}`}`];
  }
  if (!message.complete) {
    const missing = Object.entries(message.partitions).filter(([state]) => state !== "live");
    const told = missing.map(([state, number]) => `${number} ${say.partitions} ${say.partition[state] ?? state}`).join(", ");
    return ["bad", told ? `${say.incomplete}: ${told}` : say.starting];
  }
  if (message.lag > MOST_BEHIND) {
    const late = message.watermark === null ? 0 : (message.now - message.watermark) / 1000;
    return ["warn", say.behind(count(message.lag)[0]) + (late >= 60 ? `, ${say.newest(joined(duration(late)))}` : "")];
  }
  if (connection.state === "lost") return ["warn", say.lost];
  return ["ok", connection.state === "polling" ? say.polling : say.live];
}

function scopeText() {
  const chosen = SETTINGS.lists.flatMap(name => choices[name].map(value => name === "channels" ? channelName(value) : value));
  return chosen.length ? chosen.join(", ") : say.all;
}

// The address always says what is shown, so that it can be kept, sent and put on a wall.
function choose(changes) {
  const before = choices.window;
  Object.assign(choices, changes);
  const asked = new URLSearchParams();
  for (const name of SETTINGS.lists) if (choices[name].length) asked.set(name, choices[name].join(","));
  for (const name of ["window", "lang", "theme"]) asked.set(name, choices[name]);
  if (choices.scale !== 1) asked.set("scale", choices.scale);
  if (choices.kiosk) asked.set("kiosk", "1");
  if (choices.at) asked.set("at", new Date(choices.at).toISOString());
  history.replaceState(null, "", `${location.pathname}?${asked}`);
  dress();
  if (before !== choices.window) connection.open();
  PAGE.past?.ask();
  if (board.message) take(board.message, (performance.now() - board.heardAt) / 1000);
}

// Language, colours, size: what does not change with the numbers.
function dress() {
  say = TEXTS[choices.lang];
  const root = document.documentElement;
  root.lang = choices.lang;
  root.dataset.theme = choices.theme;
  root.toggleAttribute("data-kiosk", choices.kiosk);
  root.style.setProperty("--scale", choices.scale);
  const name = SETTINGS.site || "supportpulse";
  document.title = `${name} · ${say.pages[SETTINGS.page]}`;
  setText(byId("site"), name);
  PAGE.dress();
  drawPages();
  drawChoices();
  for (const button of document.querySelectorAll("button.number")) delete button.dataset.key;
}

function select(label, name, options) {
  const list = make("select", { name }, ...options.map(([value, text]) => make("option", { value, selected: String(choices[name]) === value }, text)));
  return make("label", {}, `${label} `, list);
}

function boxes(title, name, values, show) {
  const one = value => make("label", {}, make("input", { type: "checkbox", name, value, checked: choices[name].includes(value) }), ` ${show(value)}`);
  return make("fieldset", {}, make("legend", {}, title), ...values.map(one));
}

// The other pages, with what holds for all of them.
function drawPages() {
  const kept = new URLSearchParams(["lang", "theme"].map(name => [name, choices[name]]));
  byId("pages").replaceChildren(...Object.entries(SETTINGS.pages).map(([name, path]) =>
    make("a", { href: `${path}?${kept}`, "aria-current": name === SETTINGS.page && "page" }, say.pages[name])));
}

function drawChoices() {
  const form = byId("choices-form");
  const focused = form.contains(document.activeElement) ? [document.activeElement.name, document.activeElement.value] : null;
  setText(byId("choices-title"), say.settings);
  form.replaceChildren(
    select(say.win, "window", SETTINGS.windows.map(label => [label, label])),
    select(say.lang, "lang", [["en", "English"], ["de", "Deutsch"]]),
    select(say.theme, "theme", [["dark", say.dark], ["light", say.light]]),
    select(say.scale, "scale", ["0.75", "1", "1.25", "1.5", "2"].map(scale => [scale, `${scale} ×`])),
    make("label", {}, make("input", { type: "checkbox", name: "kiosk", checked: choices.kiosk }), ` ${say.kiosk}`),
    ...PAGE.picks(board.numbers?.rows ?? []),
  );
  if (focused) [...form.elements].find(each => each.name === focused[0] && (each.type !== "checkbox" || each.value === focused[1]))?.focus();
}

byId("choices-form").addEventListener("change", event => {
  const { name, value, checked } = event.target;
  const picked = [...byId("choices-form").elements].filter(each => each.name === name && each.checked).map(each => each.value);
  const isList = SETTINGS.lists.includes(name);
  choose({ [name]: isList ? picked : name === "kiosk" ? checked : name === "scale" ? Number(value) : value });
});
byId("choices").addEventListener("toggle", drawChoices);
document.addEventListener("click", event => {
  const button = event.target.closest("button.number");
  if (button?.question) explain(button.question);
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape" || byId("explain").open) return;
  if (choices.at) choose({ at: null });
  else if (choices.kiosk) choose({ kiosk: false });
});

useColumns(SETTINGS.columns.flatMap(group => {
  const [short, ...own] = group.split(":");
  return own.length ? own.map(each => `${short}.${each}`) : [short];
}));
dress();
draw();
connection.open();
PAGE.past?.ask();
setInterval(draw, TICK_MS);
