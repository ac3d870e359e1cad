// The floor's page: the tiles, the queues below them.
const tiles = TILES.map(([id, tell, isWindow]) => ({ tell, tile: new Tile(id, isWindow) }));
const table = new QueueTable();

const PAGE = {
  past,

  numbers: message => new Numbers(message),

  draw(numbers, now) {
    for (const { tell, tile } of tiles) tile.update(numbers.isPast ? toldOfThen(tile, tell(numbers, now)) : tell(numbers, now), numbers, history_);
    table.update(numbers, now);
    setText(byId("queues-more"), numbers.pairs.length ? hiddenLines(table.body) : say.empty);
  },

  range({ window, window_end: end }) {
    return window === SETTINGS.day ? say.day_window("0:00", clock(end)) : say.window(window, clock(end - lengthOf(window)), clock(end));
  },

  dress() {
    setText(byId("queues-title"), say.queues);
    table.title();
  },

  picks(rows) {
    const known = index => [...new Set([...rows.filter(row => row[0] !== null && row[1] !== null).map(row => row[index]), ...choices[index ? "queues" : "channels"]])].sort();
    return [boxes(say.channels_pick, "channels", known(0), channelName), boxes(say.queues_pick, "queues", known(1), queue => queue)];
  },
};
byId("tiles").append(...tiles.map(({ tile }) => tile.element));
byId("queues-table").append(table.element);

function lengthOf(window) {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(window) ?? [0, 0, "s"];
  return amount * { s: 1e3, m: 6e4, h: 36e5, d: 864e5 }[unit];
}
