// Click a number: what it means, its formula and threshold, and the cases behind it where the server has them.
async function explain(question) {
  const dialog = byId("explain");
  const [name, definition, formula] = SETTINGS.catalogue[question.short] ?? [];
  const metric = name === "" ? `support_window_${question.short}` : name;
  const facts = make("dl", {});
  const fact = (title, text) => { if (text) facts.append(make("dt", {}, title), make("dd", {}, text)); };
  const cases = make("div", { class: "cases", role: "status" }, say.loading);
  const close = make("button", { type: "button", class: "close" }, say.close);
  close.addEventListener("click", () => dialog.close());
  fact(say.definition, definition);
  fact(say.formula, formula);
  fact(say.threshold, question.threshold);
  dialog.replaceChildren(
    make("h2", { id: "explain-title" }, `${question.name}: ${question.value}`),
    make("p", { class: "place" }, question.place),
    facts, make("h3", {}, say.cases), cases,
    make("p", { class: "metric" }, metric ?? ""), close,
  );
  if (!dialog.open) dialog.showModal();
  const asked = new URLSearchParams({ metric: metric ?? question.short });
  if (question.queue !== null) asked.set("queue", question.queue);
  if (question.channel !== null) asked.set("channel", question.channel);
  asked.set("window", question.window);
  if (question.measure) asked.set("measure", question.measure);
  try {
    // The origin, because an address with a password in it is no base for a request.
    const answer = await fetch(`${location.origin}/api/v1/explain?${asked}`, { cache: "no-store" });
    const told = await answer.json();
    if (!answer.ok) return cases.replaceChildren(say.refused + (told.error ?? answer.status));
    if (!metric) fact(say.definition, told.definition);
    cases.replaceChildren(...caseTable(told));
  } catch (error) {
    cases.replaceChildren(say.refused + error.message);
  }
}

function caseTable(told) {
  const rows = told.cases ?? [];
  const cells = each => [each.case, each.time, each.queue, each.channel && channelName(each.channel), each.measure, each.value];
  return [
    make("p", {}, say.shown(told.shown ?? rows.length, told.total ?? rows.length)),
    make("p", {}, told.missing?.length ? `${say.partition.missing}: ${told.missing.map(each => each.partition).join(", ")}` : ""),
    make("table", {},
      make("thead", {}, make("tr", {}, ...say.case_columns.map(title => make("th", { scope: "col" }, title)))),
      make("tbody", {}, ...rows.map(each => make("tr", {}, ...cells(each).map(text => make("td", {}, String(text ?? DASH))))))),
  ];
}
