// Draws cards, lines, lanes and rooms with either pen. What is in focus stands out; the rest fades and stays.
const FADED = 0.13;
const HITS = EDGES.some((edge) => edge.hit);
let moving = false;
let hover = null;
let batches = null;

const dropBatches = () => { batches = null; };

function edgeStyle(i, scale) {
  const edge = EDGES[i];
  const strong = focus.edges ? focus.edges.has(i) : edge.hit;
  const pointed = hover && hover.edge === i;
  return {
    colour: lineColour(edge), dash: dashOf(edge), cap: edge.k === 2 ? "round" : "butt", head: headOf(edge),
    width: (strong || pointed ? 2.4 : 1.4) + Math.min(1.2, Math.log2(edge.c.length) * 0.5),
    alpha: focus.edges ? (strong || pointed ? 1 : FADED) : pointed || edge.hit ? 1 : HITS ? 0.34 : shown.edges.length > 150 ? 0.5 : 0.72,
  };
}

// Lines of one look are drawn in one stroke: a frame costs some forty strokes whatever the number of lines.
function makeBatches() {
  const found = new Map();
  shown.edges.forEach((i) => {
    const style = edgeStyle(i, 1);
    const key = [style.colour, style.dash, style.width, style.alpha, style.head.d].join("|");
    if (!found.has(key)) found.set(key, { style, body: new Path2D(), heads: new Path2D() });
    const { body, heads } = found.get(key);
    const geometry = lineGeometry(i);
    body.addPath(pathOf(geometry.d));
    headsOf(i).forEach(([x, y, turn]) => {
      heads.addPath(pathOf(style.head.d), new DOMMatrix().translateSelf(x, y).rotateSelf((turn * 180) / Math.PI));
    });
  });
  return [...found.values()].sort((a, b) => a.style.alpha - b.style.alpha);
}

function drawLines(pen, scale) {
  batches = batches ?? makeBatches();
  const rough = moving && shown.edges.length > 250;
  if (moving && shown.edges.length > 600) return;
  batches.forEach(({ style, body, heads }) => {
    const look = { alpha: style.alpha, stroke: style.colour, width: Math.max(style.width, 0.7 / scale), dash: rough ? [] : style.dash, cap: style.cap };
    pen.mark(body, look);
    if (rough || scale < 0.22) return;
    pen.mark(heads, headLook(style));
  });
}

// A line has a head at its object; where the same is said the other way round, at both ends.
function headsOf(i) {
  const g = lineGeometry(i);
  const heads = [[g.end[0], g.end[1], g.turn]];
  if (EDGES[i].both) heads.push([g.first[0], g.first[1], g.back]);
  return heads;
}

const headLook = (style) => ({
  alpha: style.alpha, stroke: style.colour, width: style.head.fill ? 0.6 : 1.5, fill: style.head.fill ? style.colour : undefined,
});

function drawLinesOneByOne(pen) {
  const order = [...shown.edges].sort((a, b) => edgeStyle(a, 1).alpha - edgeStyle(b, 1).alpha);
  order.forEach((i) => {
    const style = edgeStyle(i, 1), geometry = lineGeometry(i);
    pen.mark(geometry.d, { alpha: style.alpha, stroke: style.colour, width: style.width, dash: style.dash, cap: style.cap });
    headsOf(i).forEach(([x, y, turn]) => pen.mark(style.head.d, headLook(style), x, y, turn));
  });
}

// Small signs halfway: a cross where a statement denies, a ring where words of the document limit it.
function drawSigns(pen, scale) {
  if (scale < 0.35 || (moving && shown.edges.length > 250)) return;
  const t = theme();
  shown.edges.forEach((i) => {
    const edge = EDGES[i];
    if (!edge.neg && !edge.q) return;
    const [x, y] = middle(lineGeometry(i), 0.5);
    const style = edgeStyle(i, scale);
    if (edge.neg) pen.mark("M-5-5L5 5M5-5L-5 5", { alpha: style.alpha, stroke: t.ink, width: 2.2 }, x, y);
    else pen.mark("M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z", { alpha: style.alpha, stroke: style.colour, width: 1.6, fill: t.paper }, x, y);
  });
}

function drawBands(pen) {
  const t = theme();
  const bands = live.view.bands, across = live.view.tall ? 0 : 1;
  if (!bands.length || !shown.nodes.length) return;
  const spans = shown.nodes.map((i) => {
    const at = live.where[i], half = across ? NODES[i].h / 2 : NODES[i].w / 2, mid = across ? at.y : at.x;
    return [mid - half, mid + half];
  });
  shown.edges.forEach((i) => { const box = lineGeometry(i).box; spans.push([box[across] + 6, box[across + 2] - 6]); });
  const low = Math.min(...spans.map((span) => span[0])) - 16, high = Math.max(...spans.map((span) => span[1])) + 14;
  bands.forEach(([label, from, to]) => {
    const [x, y, w, h] = across ? [from - 10, low, to - from + 20, high - low] : [low, from - 9, high - low, to - from + 18];
    pen.mark(`M${round(x)} ${round(y + 10)}a10 10 0 0 1 10-10h${round(w - 20)}a10 10 0 0 1 10 10v${round(h - 20)}a10 10 0 0 1-10 10h${round(20 - w)}a10 10 0 0 1-10-10z`, { fill: t.band });
    if (!label) return;
    if (across) pen.text(label, (from + to) / 2, low - 14, { size: 13.5, bold: true, fill: t.mute, align: "center" });
    else pen.text(label, Math.max(low + 2, pen.left ?? -Infinity), from - 19, { size: 13.5, bold: true, fill: t.mute, halo: t.paper, haloWidth: 5 });
  });
}

function cardPath(node) {
  if (!node.card) {
    const w = node.w, h = node.h, r = Math.min(9, h / 2);
    node.card = `M${-w / 2 + r} ${-h / 2}h${round(w - 2 * r)}a${r} ${r} 0 0 1 ${r} ${r}v${round(h - 2 * r)}a${r} ${r} 0 0 1 ${-r} ${r}h${round(2 * r - w)}a${r} ${r} 0 0 1 ${-r} ${-r}v${round(2 * r - h)}a${r} ${r} 0 0 1 ${r} ${-r}z`;
  }
  return node.card;
}

function drawCard(pen, i, x, y, scale) {
  const node = NODES[i], t = theme(), colour = nodeColour(node);
  const faded = focus.nodes && !focus.nodes.has(i) && !(hover && hover.node === i);
  const chosen = state.node === i || (hover && hover.node === i);
  const alpha = faded ? 0.28 : 1;
  const tiny = node.fs * scale < (moving && shown.nodes.length > 250 ? 9 : 4.2);
  const look = { fill: node.seed || chosen ? t.glow : t.card, stroke: chosen || node.seed || node.strong ? colour : t.edge, width: chosen ? 3 : node.seed || node.strong ? 2 : 1.2 };
  if (tiny) {
    pen.block(x - node.w / 2, y - node.h / 2, node.w, node.h, colour, alpha * 0.5);
    return;
  }
  if (faded) pen.mark(cardPath(node), { fill: t.paper }, x, y);
  pen.mark(cardPath(node), { ...look, alpha }, x, y);
  pen.mark(GLYPHS[DATA.classes[node.cls].g], { fill: colour, alpha }, x - node.w / 2 + 15, y);
  const step = node.fs * 1.22, top = y - ((node.lines.length - 1) * step) / 2;
  node.lines.forEach((line, n) => {
    pen.text(line, x - node.w / 2 + 27, top + n * step + 0.5, { size: node.fs, bold: node.strong, fill: t.ink, alpha: faded ? 0.4 : 1, room: node.w - 33 });
  });
}

// Labels of the lines in focus: each stands where it covers no card and no other label, or waits for the pointer.
function lineLabels(scale, context) {
  const wanted = labelledLines();
  if (!wanted.length) return [];
  const size = Math.max(12 / Math.max(scale, 0.05), 11);
  if (size > 60) return [];
  context.font = `${size}px ${FONT}`;
  const taken = shown.nodes.filter((i) => !focus.nodes || focus.nodes.has(i)).map((i) => {
    const at = live.where[i], node = NODES[i];
    return [at.x - node.w / 2 - 2, at.y - node.h / 2 - 2, at.x + node.w / 2 + 2, at.y + node.h / 2 + 2];
  });
  const found = [];
  wanted.forEach((i) => {
    const lines = lineWords(i);
    const w = Math.max(...lines.map((line) => context.measureText(line).width)) / 2 + 3, h = size * 0.62 * lines.length;
    const free = spotsFor(i).map((t) => middle(lineGeometry(i), t)).find(([x, y]) => (
      taken.every((b) => x + w < b[0] || x - w > b[2] || y + h < b[1] || y - h > b[3])));
    if (!free) return;
    const box = [free[0] - w, free[1] - h, free[0] + w, free[1] + h];
    taken.push(box);
    found.push({ edge: i, lines, x: free[0], y: free[1], size, box });
  });
  return found;
}

// Lines part on their way from the entity in focus: their labels stand where they have parted.
function spotsFor(i) {
  if (state.node === null || state.hops > 1) return [0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2];
  return EDGES[i].from === state.node ? [0.7, 0.6, 0.8, 0.5, 0.9, 0.4, 0.3] : [0.3, 0.4, 0.2, 0.5, 0.1, 0.6, 0.7];
}

function labelledLines() {
  const few = !HITS && shown.edges.length <= 20;
  const list = focus.edges ? [...focus.edges].filter((i) => shown.isEdge[i]) : shown.edges.filter((i) => few || EDGES[i].hit);
  if (hover && hover.edge !== null && !list.includes(hover.edge)) list.unshift(hover.edge);
  return list.slice(0, 80);
}

// The relation on the first line, what limits it below; a scenario is named where there is more than one.
function lineWords(i) {
  const edge = EDGES[i];
  const relation = (edge.neg ? "not: " : "") + DATA.relations[edge.r].label;
  const limits = [edge.q ? `(${edge.q})` : "", edge.s === undefined || DATA.scenarios.length < 2 ? "" : "in " + DATA.scenarios[edge.s]].filter(Boolean).join(" ");
  const lines = limits && relation.length + limits.length < 26 ? [`${relation} ${limits}`] : [relation, ...folded(limits, 30)];
  return lines.slice(0, 3).map((line, n) => (n === 2 && lines.length > 3 ? line + " …" : line));
}

function folded(text, most) {
  const lines = [];
  text.split(" ").filter(Boolean).forEach((word) => {
    if (lines.length && (lines[lines.length - 1] + " " + word).length <= most) lines[lines.length - 1] += " " + word;
    else lines.push(word.length > most ? word.slice(0, most - 1) + "…" : word);
  });
  return lines;
}

let labelsNow = [];
function drawLabels(pen, scale, context) {
  if (moving && shown.edges.length > 250) return;
  const t = theme();
  labelsNow = lineLabels(scale, context);
  labelsNow.forEach((label) => {
    label.lines.forEach((line, n) => pen.text(line, label.x, label.y + (n - (label.lines.length - 1) / 2) * label.size * 1.15, { size: label.size, fill: lineColour(EDGES[label.edge]), align: "center", halo: t.paper, haloWidth: 5 * (label.size / 12) }));
  });
}

// Rooms of the grouped overview: closed ones say how much they hold, open ones show the best connected of it.
function drawRooms(pen, scale) {
  const t = theme();
  (live.view.groups ?? []).forEach((room, g) => {
    const colour = t.colours[room.f], open = state.open.has(g);
    const [x, y, w, h] = [room.x - room.w / 2, room.y - room.h / 2, room.w, room.h];
    pen.mark(`M${x} ${y}h${w}v${h}h${-w}z`, { fill: open ? t.band : t.card, stroke: colour, width: 2 / scale });
    const size = Math.min(room.h * 0.16, room.w / Math.max(8, room.label.length * 0.62), (open ? 26 : 24) / scale);
    const top = open ? y - size * 0.8 : room.y - size * 1.5;
    pen.text(room.label, open ? x + size * 0.2 : room.x, top, { size, bold: true, fill: t.ink, align: open ? "left" : "center" });
    if (!open) {
      const small = Math.min(size * 0.62, 13.5 / scale), most = Math.floor(room.w / (small * 0.55));
      pen.text(`${number(room.total)} entities`, room.x, top + size * 1.1, { size: small, fill: t.mute, align: "center" });
      const lines = Math.max(0, Math.min(3, Math.floor((room.y + room.h / 2 - top - size * 1.6) / (small * 1.35))));
      room.members.slice(0, lines).forEach((i, n) => {
        const label = NODES[i].label;
        pen.text(label.length > most ? label.slice(0, most - 1) + "…" : label, room.x, top + size * 1.1 + small * (1.6 + n * 1.35), { size: small, fill: t.ink, align: "center" });
      });
    } else if (room.members.length < room.total) {
      pen.text(`${number(room.members.length)} of ${number(room.total)} shown`, x + w, top, { size: size * 0.7, fill: t.mute, align: "right" });
    }
  });
}

function drawRoomLines(pen, scale) {
  if (!live.view.groups) return;
  const t = theme();
  const lines = roomLines(), most = Math.max(1, ...lines.map(({ n }) => n));
  lines.forEach(({ a, b, n }) => {
    const one = live.view.groups[a], other = live.view.groups[b];
    const width = (1 + 7 * (n / most)) / scale;
    pen.mark(`M${one.x} ${one.y}L${other.x} ${other.y}`, { stroke: t.edge, width, alpha: 0.75 });
  });
}

function drawUnder(pen, scale, oneByOne = false) {
  drawBands(pen);
  drawRoomLines(pen, scale);
  drawRooms(pen, scale);
  if (oneByOne) drawLinesOneByOne(pen); else drawLines(pen, scale);
  drawSigns(pen, scale);
}
const number = (n) => n.toLocaleString("en-GB");
