// The board as known now about then. A slider goes back by minutes for an hour, then by quarters of an hour, as the
// server keeps them; a drag along a sparkline goes to its minute. What is shown is asked for once, and not again.
const MINUTE = 60000, QUARTER = 15 * MINUTE, MINUTES_BACK = 60, QUARTERS_BACK = 44;

// A moment with its date where it is not of today.
function moment_(moment) {
  const day = at => new Intl.DateTimeFormat(choices.lang, { dateStyle: "short", timeZone: SETTINGS.time_zone }).format(at);
  return (day(moment) === day(board.liveNow ?? moment) ? "" : `${day(moment)} `) + clock(moment, moment % MINUTE !== 0);
}

const past = {
  numbers: null, trouble: "", asked: null,

  // The moment (ms) that stands so many steps before now.
  momentOf(steps) {
    const last = Math.floor(board.liveNow / MINUTE) * MINUTE;
    if (steps <= MINUTES_BACK) return last - steps * MINUTE;
    return Math.floor((last - MINUTES_BACK * MINUTE) / QUARTER) * QUARTER - (steps - MINUTES_BACK - 1) * QUARTER;
  },
  // The steps that a moment lies before now; more than the slider has where it lies further back.
  stepsOf(moment) {
    const minutes = Math.ceil((board.liveNow - moment) / MINUTE) - 1;
    return minutes <= MINUTES_BACK ? Math.max(1, minutes) : MINUTES_BACK + Math.ceil((minutes - MINUTES_BACK) / 15);
  },
  // Where the sparklines have it; null for now, and before them.
  get minutesBack() {
    const minutes = choices.at === null || board.liveNow === null ? null : Math.floor(board.liveNow / MINUTE) - Math.floor(choices.at / MINUTE);
    return minutes === null || minutes > 59 ? null : minutes;
  },

  go(steps) { choose({ at: steps > 0 && board.liveNow !== null ? this.momentOf(steps) : null }); },

  // Ask for what is chosen; while an answer is on its way only the newest wish is kept.
  async ask() {
    const wish = choices.at && `${choices.at} ${choices.window}`;
    if (!wish) Object.assign(this, { numbers: null, trouble: "" });
    if (!wish || this.asked || this.shown === wish && this.numbers) return;
    this.asked = this.shown = wish;
    const windows = [...new Set([choices.window, ...(SETTINGS.day ? [SETTINGS.day] : [])])];
    try {
      const at = new Date(choices.at).toISOString();
      const answer = await fetch(`${location.origin}/api/v1/past?at=${at}&windows=${windows}`, { cache: "no-store" });
      const told = await answer.json();
      if (choices.at) {
        this.trouble = answer.ok ? "" : say.refused + told.error;
        this.numbers = answer.ok ? new Numbers({ ...messageOfLive(told), starts: told.window_starts, lag: 0 }, true) : null;
      }
    } catch (error) {
      // Whatever it was, the board says that there is no answer.
      this.trouble = say.refused + error.message;
      this.numbers = null;
    }
    this.asked = null;
    draw();
    if (choices.at && this.shown !== `${choices.at} ${choices.window}`) this.ask();
  },

  draw() {
    byId("past").hidden = !SETTINGS.past || board.liveNow === null;
    if (byId("past").hidden) return;
    const slider = byId("past-at");
    slider.min = -(MINUTES_BACK + QUARTERS_BACK);
    if (document.activeElement !== slider || choices.at === null) slider.value = choices.at ? -this.stepsOf(choices.at) : 0;
    const back = choices.at === null ? 0 : Math.floor((board.liveNow - choices.at) / MINUTE);
    const words = !choices.at ? say.now : `${moment_(choices.at)} (${back < 60 ? say.minutes_back(back) : say.hours_back(`${Math.floor(back / 60)}:${two(back % 60)}`)})`;
    setText(byId("past-title"), say.then);
    setText(byId("past-told"), words);
    slider.setAttribute("aria-valuetext", words);
    setText(byId("past-now"), say.to_now);
    byId("past-now").hidden = choices.at === null;
  },
};

byId("past-at").addEventListener("input", event => past.go(-event.target.value));
byId("past-now").addEventListener("click", () => { choose({ at: null }); byId("past-at").focus(); });
byId("past").addEventListener("submit", event => event.preventDefault());
for (const kind of ["pointerdown", "pointermove"]) {
  byId("tiles").addEventListener(kind, event => {
    const graph = SETTINGS.past && event.buttons === 1 && event.target.closest(".spark");
    if (!graph) return;
    const { left, width } = graph.getBoundingClientRect();
    past.go(Math.max(1, Math.min(59, Math.round((1 - (event.clientX - left) / width) * 60))));
  });
}
