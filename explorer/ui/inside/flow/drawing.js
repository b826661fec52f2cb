// Maps as pictures: one pixel a value, all maps of a layer on one sheet and in one scale in which zero is the page's
// own ground, so that a map that hardly answers looks like one.

const SHADES = 255; // of each sign

function sheetOf(maps, shape) {
  const tall = maps.isRow ? Math.ceil(Math.sqrt(maps.height / shape)) : 0;
  if (maps.isRow) return { columns: Math.ceil(maps.height / tall), rows: tall, high: 1, wide: 1, gap: 0 };
  const columns = Math.min(maps.channels, Math.max(1, Math.round(Math.sqrt((maps.channels * shape * maps.height) / maps.width))));
  return { columns, rows: Math.ceil(maps.channels / columns), high: maps.height, wide: maps.width, gap: 1 };
}

function sizeOfSheet({ columns, rows, high, wide, gap }) {
  return [columns * (wide + gap) - gap, rows * (high + gap) - gap];
}

function draw(canvas, maps, sheet, scale, colours) {
  const [wide, high] = sizeOfSheet(sheet), { values } = maps;
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const context = canvas.getContext("2d"), image = context.createImageData(wide, high);
  const pixels = new Uint32Array(image.data.buffer), table = tableOf(colours);
  const scaleAt = Array.isArray(scale) ? (cell) => scale[cell] : () => scale;
  for (let cell = 0, place = 0; place < values.length; cell += 1) {
    const x = (cell % sheet.columns) * (sheet.wide + sheet.gap), y = Math.floor(cell / sheet.columns) * (sheet.high + sheet.gap);
    const by = SHADES / scaleAt(cell);
    for (let row = 0; row < sheet.high; row += 1) {
      let at = (y + row) * wide + x;
      for (const end = at + sheet.wide; at < end; at += 1, place += 1) {
        pixels[at] = table[SHADES + Math.round(Math.max(-SHADES, Math.min(SHADES, values[place] * by)))];
      }
    }
  }
  context.putImageData(image, 0, 0);
}

const tables = new WeakMap();

// The colours from −1 to 1 as pixels are stored, once for each theme.
function tableOf(colours) {
  if (!tables.has(colours)) {
    const shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) => colourOf((i - SHADES) / SHADES, colours));
    tables.set(colours, new Uint32Array(new Uint8ClampedArray(shades.flat()).buffer));
  }
  return tables.get(colours);
}

// Where on the sheet a map's value stands, and the other way round; null between two maps.
function onSheet([channel, row, column], maps, sheet) {
  const cell = maps.isRow ? row : channel;
  const x = (cell % sheet.columns) * (sheet.wide + sheet.gap), y = Math.floor(cell / sheet.columns) * (sheet.high + sheet.gap);
  return maps.isRow ? [x, y] : [x + column, y + row];
}

function fromSheet(x, y, maps, sheet) {
  const across = Math.floor(x / (sheet.wide + sheet.gap)), down = Math.floor(y / (sheet.high + sheet.gap));
  const column = x - across * (sheet.wide + sheet.gap), row = y - down * (sheet.high + sheet.gap);
  const cell = down * sheet.columns + across;
  if (across >= sheet.columns || column >= sheet.wide || row >= sheet.high) return null;
  if (cell >= (maps.isRow ? maps.height : maps.channels)) return null;
  return maps.isRow ? [0, cell, 0] : [cell, row, column];
}

function colourOf(share, { ground, above, below }) {
  const much = Math.min(1, Math.abs(share)), full = share < 0 ? below : above;
  return [...ground.map((part, i) => Math.round(part + much * (full[i] - part))), 255];
}

function coloursOf(element, { above, below }) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(element).getPropertyValue("--st-secondary-background-color").trim() || "#f0f2f6";
  probe.fillRect(0, 0, 1, 1);
  return { ground: [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3), above, below };
}
