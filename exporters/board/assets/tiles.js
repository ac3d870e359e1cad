// The tiles: each is a function of the numbers of now that says what to show. Nothing here remembers anything.
const SLAS = ["first_response", "next_response", "resolution"];
const AGES = ["lt_1h", "1h_4h", "4h_24h", "1d_3d", "3d_7d", "gt_7d"];
const STATES = ["awaiting_reply", "in_progress", "awaiting_customer", "on_hold"];
const REASONS = ["no_agents", "queue_full", "trunk", "network", "closed", "other"];
const AGENTS = ["available", "ringing", "on_contact", "wrapup", "break", "offline"];
const WAITS = "open_cases.awaiting_reply";
const SINCE = "longest_wait_since_timestamp_seconds";
const T = "service_level_threshold_seconds";

// What a click asks: the metric, and the place and window of the number.
function questionOf(numbers, column, row) {
  const several = choices.queues.join(", ") || choices.channels.map(channelName).join(", ");
  const place = row ? (row[0] === null ? say.all : placeName(row)) : several;
  const limits = row && numbers.range(T, row);
  const [short, ...own] = column.split(".");
  return {
    short, measure: own.join(", "), channel: row?.[0] ?? null, queue: row?.[1] ?? null, place, window: windowOf(numbers, choices.window),
    threshold: limits ? rangeText(limits, duration) : null,
  };
}

// A window by its label, or, of a past moment, by its bounds.
function windowOf({ isPast, message }, label) {
  const [start, end] = [message.starts?.[label], message.window_end].map(moment => isPast && moment ? new Date(moment).toISOString() : "");
  return isPast ? `${start}..${end}` : label;
}

// Of a past moment rows tell what happened in its windows; how things stood then is not kept.
const STANDINGS = ["waiting", "longest", "promises", "open", "backlog", "agents"];

function toldOfThen(tile, told) {
  return STANDINGS.includes(tile.id) ? { title: told.title, big: told.big && [DASH, ""], column: told.column, row: null, notes: [say.not_then], spark: told.spark } : told;
}

function rangeText([low, high], show) {
  return low === high ? joined(show(low)) : `${joined(show(low))} – ${joined(show(high))}`;
}

const inPlace = (numbers, row) => numbers.scope || !row ? null : say.worst(placeName(row));

// On target, slipping (only because of those who already wait too long), below; null where nothing can be said.
function levelStatus(numbers, row) {
  const value = numbers.cell(row, "service_level_ratio");
  const targets = row && numbers.range("service_level_target_ratio", row);
  if (value === null || !targets) return null;
  if (value < targets[0]) return ["bad", say.below];
  // A good whole may hide a queue that is not: it is counted here, and the worst one named below.
  const behind = row[1] === null ? numbers.pairs.filter(pair => levelStatus(numbers, pair)?.[0] === "bad").length : 0;
  if (behind) return ["warn", say.queues_below(behind)];
  const live = numbers.cell(row, "service_level_live_ratio");
  if (live !== null && live < targets[0]) return ["warn", say.slipping];
  return value >= targets[1] ? ["ok", say.on_target] : null;
}

function serviceLevel(numbers) {
  const column = "service_level_ratio";
  const row = numbers.source(column, false);
  const value = numbers.cell(row, column);
  const targets = row && numbers.range("service_level_target_ratio", row);
  const limits = row && numbers.range(T, row);
  const part = name => count(numbers.cell(row, `service_level_parts.${name}`))[0];
  const weakest = numbers.pairs.filter(pair => levelStatus(numbers, pair)?.[0] === "bad")
    .sort((a, b) => numbers.cell(a, column) - numbers.cell(b, column))[0];
  return {
    title: say.service_level, big: share(value), column, row, status: levelStatus(numbers, row),
    notes: [
      [targets && say.target(rangeText(targets, share)), limits && say.within(rangeText(limits, duration))].filter(text => text).join(" "),
      value === null ? say.no_contacts : `${say.in_time(part("answered_within"), part("answered"))}, ${say.with_abandoned(part("abandoned"))}`,
      inPlace(numbers, row) ?? (weakest && weakest !== row ? say.worst(`${placeName(weakest)} ${joined(share(numbers.cell(weakest, column)))}`) : null),
    ],
    spark: { column, rows: [row], low: 0, high: 1, target: targets && targets[0] === targets[1] ? targets[0] : null, show: share },
  };
}

// Who waits on a line or in a chat; where there are only tickets, those.
const waitingPairs = numbers => numbers.contacts.length ? numbers.contacts : numbers.pairs;

function waiting(numbers) {
  const pairs = waitingPairs(numbers);
  const value = numbers.sum(WAITS, pairs);
  const tickets = numbers.contacts.length ? numbers.sum(WAITS, numbers.tickets) : null;
  return {
    title: say.waiting, big: count(value), column: WAITS, row: numbers.pairs.length === 1 ? numbers.pairs[0] : null,
    status: value === 0 ? ["ok", say.nobody] : null,
    notes: [tickets === null ? null : say.tickets_waiting(count(tickets)[0])],
    spark: { column: WAITS, rows: pairs, show: count },
  };
}

function longest(numbers, now) {
  const pair = numbers.earliest(SINCE, waitingPairs(numbers));
  const age = row => now / 1000 - numbers.cell(row, SINCE);
  const limit = numbers.cell(pair, T);
  const isBeyond = pair && limit !== null && age(pair) > limit;
  const ticket = numbers.contacts.length ? numbers.earliest(SINCE, numbers.tickets) : null;
  return {
    title: say.longest, big: duration(pair ? age(pair) : 0, true), column: SINCE, row: pair,
    status: !pair ? ["ok", say.nobody] : isBeyond ? ["warn", say.beyond(joined(duration(limit)))] : null,
    notes: [pair && say.oldest_at(placeName(pair)), ticket && say.tickets_wait(`${joined(duration(age(ticket)))}, ${say.oldest_at(placeName(ticket))}`)],
  };
}

function promises(numbers, now) {
  const total = column => {
    const found = SLAS.map(sla => numbers.sum(column(sla))).filter(value => value !== null);
    return found.length ? found.reduce((sum, value) => sum + value, 0) : null;
  };
  const soon = total(sla => `sla_at_risk_cases.${sla}.15m`), later = total(sla => `sla_at_risk_cases.${sla}.60m`);
  const broken = total(sla => `sla_breached_open_cases.${sla}`);
  const [next] = SLAS.map(sla => {
    const column = `sla_next_breach_timestamp_seconds.${sla}`;
    const pair = numbers.earliest(column, numbers.pairs);
    return pair && { at: numbers.cell(pair, column), pair, sla };
  }).filter(found => found).sort((a, b) => a.at - b.at);
  return {
    title: say.promises, big: count(soon), column: "sla_at_risk_cases", row: numbers.pairs.length === 1 ? numbers.pairs[0] : null,
    unit: say.in_minutes(15),
    status: soon === null ? null : broken ? ["bad", `${count(broken)[0]} ${say.overdue}`] : soon ? ["warn", say.at_risk] : ["ok", say.ok],
    notes: soon === null ? [say.no_targets] : [
      `${say.in_minutes(60)}: ${count(later)[0]}`,
      next && say.next_breach(joined(duration(next.at - now / 1000, true))),
      next && `${say.sla[next.sla]}, ${placeName(next.pair)}`,
    ],
  };
}

function counted(title, column, notes, spark) {
  return numbers => ({
    title: say[title], big: count(numbers.count(column)), column, row: numbers.scope, notes: notes(numbers),
    spark: spark && { column, rows: numbers.scope ? [numbers.scope] : numbers.pairs, show: count },
  });
}

const answered = counted("answered", "answered", numbers => [say.exited(count(numbers.count("exited"))[0])]);

const abandoned = counted("abandoned", "abandoned", numbers => {
  const row = numbers.source("abandonment_ratio", true);
  const ratio = numbers.cell(row, "abandonment_ratio");
  const outcomes = ["answered", "abandoned", "exited"].reduce((sum, column) => sum + numbers.cell(row, column), 0);
  return [
    ratio === null ? say.no_contacts : say.of(joined(share(ratio)), count(outcomes)[0]),
    say.short(count(numbers.count("short_abandoned"))[0]), inPlace(numbers, row),
  ];
}, true);

function blocked(numbers) {
  const reasons = REASONS.map(reason => [reason, numbers.count(`blocked.${reason}`)]);
  const known = reasons.filter(([, value]) => value !== null);
  return {
    title: say.blocked, big: count(known.length ? known.reduce((sum, [, value]) => sum + value, 0) : null), column: "blocked", row: numbers.scope,
    notes: known.filter(([, value]) => value).map(([reason, value]) => `${say.reason[reason] ?? reason}: ${count(value)[0]}`),
  };
}

function mean(title, measure, items) {
  const column = `${measure}_seconds.mean`;
  return numbers => {
    const row = numbers.source(column, true);
    const value = numbers.cell(row, column);
    return {
      title: say[title], subtitle: say[`${title}_long`], big: duration(value), column, row,
      notes: [value === null ? say.no_contacts : say.n(count(numbers.cell(row, `samples.${measure}`))[0]), inPlace(numbers, row)],
      items: (items ?? []).map(part => ({ label: say[part], column: `${part}_seconds.mean`, row, value: duration(numbers.cell(row, `${part}_seconds.mean`)) })),
      spark: measure === "answer" ? { column, rows: [row], show: duration } : null,
    };
  };
}

function resolution(numbers) {
  const row = numbers.source("resolution_ratio", false);
  const ratio = numbers.cell(row, "resolution_ratio");
  const found = mean("resolution", "resolution")(numbers);
  // The ratio may be of another queue than the time where several are chosen: then it is left out.
  if (ratio !== null && numbers.scope) {
    found.items = [{ label: `${say.resolution_ratio} (${count(numbers.cell(row, "resolved_cases"))[0]}/${count(numbers.cell(row, "assigned"))[0]})`, column: "resolution_ratio", row, value: share(ratio) }];
  }
  return found;
}

function open(numbers) {
  const row = numbers.pairs.length === 1 ? numbers.pairs[0] : null;
  const states = STATES.map(state => ({ label: say.state[state], column: `open_cases.${state}`, row, amount: numbers.sum(`open_cases.${state}`) }));
  const known = states.filter(each => each.amount !== null);
  return {
    title: say.open, big: count(known.length ? known.reduce((sum, each) => sum + each.amount, 0) : null), column: "open_cases", row, notes: [],
    items: states.map(each => ({ ...each, value: count(each.amount) })),
  };
}

function backlog(numbers) {
  const row = numbers.pairs.length === 1 ? numbers.pairs[0] : null;
  return { title: say.backlog, notes: [], items: bars(AGES.map(age => ({ label: say.age[age], column: `backlog_cases.${age}`, row, amount: numbers.sum(`backlog_cases.${age}`) }))) };
}

function volume(numbers) {
  const column = SETTINGS.day ? "requests_of_day" : "requests";
  const channels = [...new Set(numbers.pairs.map(([channel]) => channel))].sort();
  const amount = channel => choices.queues.length
    ? numbers.sum(column, numbers.pairs.filter(pair => pair[0] === channel))
    : numbers.cell(numbers.rows.find(row => row[0] === channel && row[1] === null), column);
  const entries = channels.map(channel => ({ label: channelName(channel), column: "requests", row: [channel, choices.queues.length === 1 ? choices.queues[0] : null], window: SETTINGS.day && windowOf(numbers, SETTINGS.day), amount: amount(channel) }));
  return { title: SETTINGS.day ? say.volume : say.volume_window(choices.window), notes: entries.length ? [] : [say.no_contacts], items: bars(entries) };
}

function agents(numbers) {
  return { title: say.agents, notes: [], items: AGENTS.map(state => ({ label: say.agent[state] ?? state, column: `agents.${state}`, row: numbers.site, value: count(numbers.cell(numbers.site, `agents.${state}`)) })) };
}

// In the order of the board; `isWindow`: about the window, which may be provisional.
const TILES = [
  ["service_level", serviceLevel, true], ["waiting", waiting], ["longest", longest], ["promises", promises],
  ["answered", answered, true], ["abandoned", abandoned, true], ["blocked", blocked, true],
  ["asa", mean("asa", "answer"), true], ["frt", mean("frt", "first_response"), true], ["resolution", resolution, true],
  ["aht", mean("aht", "handle", ["talk", "hold", "wrapup"]), true], ["open", open], ["backlog", backlog], ["volume", volume], ["agents", agents],
];
