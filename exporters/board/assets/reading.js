// Click a number: what it means, how it is computed, what a good value is, and how it is misread. The words are
// those of the catalogue of metrics.
function explain(question) {
  const dialog = byId("explain");
  const known = SETTINGS.catalogue[question.short];
  const facts = make("dl", { lang: "en" });
  const fact = (title, text) => { if (text) facts.append(make("dt", { lang: choices.lang }, title), make("dd", {}, text)); };
  const close = make("button", { type: "button", class: "close" }, say.close);
  close.addEventListener("click", () => dialog.close());
  fact(say.meaning, known.help);
  fact(say.definition, known.definition);
  fact(say.formula, known.formula);
  fact(say.good, known.good);
  fact(say.trap, known.trap);
  dialog.replaceChildren(
    make("h2", { id: "explain-title" }, `${question.name}: ${question.value}`),
    make("p", { class: "place" }, `${question.place}, ${question.window}`),
    facts, make("p", { class: "metric" }, known.metric), close,
  );
  dialog.showModal();
}
