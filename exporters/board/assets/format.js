// Numbers as people read them. What is absent (null) is a dash, never 0. Each returns [value, unit].
const SETTINGS = JSON.parse(document.getElementById("settings").textContent);
const DASH = "–";

// What the address of the page says; whatever it leaves out has a default here.
function choicesOf(search) {
  const asked = new URLSearchParams(search);
  const list = name => asked.getAll(name).flatMap(value => value.split(",")).filter(value => value);
  const one = (name, allowed, otherwise) => allowed.includes(asked.get(name)) ? asked.get(name) : otherwise;
  const isDark = !matchMedia("(prefers-color-scheme: light)").matches;
  return {
    ...Object.fromEntries(SETTINGS.lists.map(name => [name, list(name)])),
    window: one("window", SETTINGS.windows, SETTINGS.window),
    lang: one("lang", ["en", "de"], navigator.language.startsWith("de") ? "de" : "en"),
    theme: one("theme", ["dark", "light"], isDark ? "dark" : "light"),
    scale: Math.min(4, Math.max(0.5, Number(asked.get("scale")) || 1)),
    kiosk: ["1", "true", ""].includes(asked.get("kiosk")),
    at: SETTINGS.past && Date.parse(asked.get("at")) || null,
  };
}

for (const lang in PAGE_TEXTS) Object.assign(TEXTS[lang], PAGE_TEXTS[lang]);
const choices = choicesOf(location.search);
let say = TEXTS[choices.lang];

const count = value => value === null ? [DASH, ""] : [Math.round(value).toLocaleString(choices.lang), ""];
const share = value => value === null ? [DASH, ""]
  : [(value * 100).toLocaleString(choices.lang, { maximumFractionDigits: 0 }), "%"];
const joined = ([value, unit]) => unit ? `${value}\u00a0${unit}` : value;
const two = value => String(value).padStart(2, "0");

// Seconds: 17 s, 4:34 min, 1:29 h, 3 d 4 h. With `isExact` seconds stay to the hour: a clock that ticks.
function duration(seconds, isExact = false) {
  if (seconds === null) return [DASH, ""];
  const whole = Math.max(0, isExact ? Math.floor(seconds) : Math.round(seconds));
  const minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
  if (whole < 60) return isExact ? [`0:${two(whole)}`, "min"] : [String(whole), "s"];
  if (hours === 0) return [`${minutes}:${two(whole % 60)}`, "min"];
  if (days === 0) return [`${hours}:${two(minutes % 60)}` + (isExact ? `:${two(whole % 60)}` : ""), "h"];
  return [`${days}\u00a0d ${hours % 24}`, "h"];
}

// A moment (ms) on the site's clock, not on that of the screen.
function clock(moment, hasSeconds = true) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: SETTINGS.time_zone };
  if (hasSeconds) parts.second = "2-digit";
  return new Intl.DateTimeFormat(choices.lang, parts).format(moment);
}
const channelName = channel => say.channels[channel] ?? channel;
const placeName = ([channel, queue]) => queue === null ? channelName(channel) : `${queue} · ${channelName(channel)}`;
