// The stage: vis-network keeps the camera and the cards; what is shown and in focus is decided here.
let network = null;
const still = () => small() || window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function makeStage() {
  let pen = null;
  const penFor = (context) => { if (pen?.context !== context) pen = new CanvasPen(context); return pen; };
  const renderer = (i) => {
    const nodeDimensions = { width: NODES[i].w, height: NODES[i].h };
    return ({ ctx, x, y }) => ({ drawNode: () => drawCard(penFor(ctx), i, x, y, network ? network.getScale() : 1), nodeDimensions });
  };
  makeStage.renderers = NODES.map((_, i) => renderer(i));
  network = new vis.Network(byId("map"), { nodes: [], edges: [] }, OPTIONS);
  network.on("beforeDrawing", (context) => {
    const screen = penFor(context);
    screen.left = network.DOMtoCanvas({ x: 8, y: 0 }).x; // labels of lanes stay in sight
    drawUnder(screen, network.getScale());
  });
  network.on("afterDrawing", (context) => drawLabels(penFor(context), network.getScale(), context));
  network.canvas.frame.tabIndex = -1;
  network.on("click", ({ nodes, pointer }) => choose(nodes.length ? { node: nodes[0] } : at(pointer.canvas)));
  network.on("doubleClick", ({ nodes }) => nodes.length && focusOn(nodes[0], true));
  network.on("dragStart", () => { moving = true; });
  network.on("dragEnd", dropped);
  network.on("zoom", pauseDetail);
  byId("map").addEventListener("mousemove", pointed);
  byId("map").addEventListener("mouseleave", () => point(null));
}

let resting = 0;
function pauseDetail() {
  moving = true;
  clearTimeout(resting);
  resting = setTimeout(() => { moving = false; network.redraw(); }, 160);
}

function dropped({ nodes }) {
  moving = false;
  nodes.forEach((i) => {
    live.where[i] = network.getPosition(i);
    edgesOf[i].forEach((e) => { geometryOf[e] = undefined; });
  });
  dropBatches();
  network.redraw();
}

// Only what changed goes to vis-network: a click must not cost more on a large map than on a small one.
function showNodes() {
  const data = network.body.data.nodes;
  const now = new Set(data.getIds());
  const add = shown.nodes.filter((i) => !now.has(i)).map((i) => ({
    id: i, x: live.where[i].x, y: live.where[i].y, size: NODES[i].w / 2, ctxRenderer: makeStage.renderers[i],
  }));
  const gone = [...now].filter((i) => !shown.isNode[i]);
  if (gone.length) data.remove(gone);
  if (add.length) data.add(add);
  add.forEach(({ id }) => {
    const shape = network.body.nodes[id].shape;
    shape.customSizeWidth = shape.width = NODES[id].w;
    shape.customSizeHeight = shape.height = NODES[id].h;
  });
}

function refresh() {
  computeShown();
  dropBatches();
  showNodes();
  network.redraw();
  sayCounts();
  remember();
}

function refocus() {
  computeFocus();
  dropBatches();
  network.redraw();
  remember();
}

function switchView(number, keepCamera = false) {
  network.body.data.nodes.clear();
  openView(number);
  refresh();
  if (!keepCamera) fit();
  markTools();
}

// The same layout at the other level of detail; the level that shows everything is always there.
function viewNamed(layout, detail) {
  const wanted = DATA.views.findIndex((v) => v.label === layout && v.detail === detail);
  return wanted >= 0 ? wanted : DATA.views.findIndex((v) => v.detail === detail);
}

function bounds() {
  const boxes = shown.nodes.map((i) => [live.where[i].x - NODES[i].w / 2, live.where[i].y - NODES[i].h / 2, live.where[i].x + NODES[i].w / 2, live.where[i].y + NODES[i].h / 2]);
  (live.view.groups ?? []).forEach((r) => boxes.push([r.x - r.w / 2, r.y - r.h / 2 - r.h * 0.1, r.x + r.w / 2, r.y + r.h / 2]));
  shown.edges.forEach((i) => boxes.push(lineGeometry(i).box));
  if (!focus.edges) lineLabels(1, probe).forEach(({ box }) => boxes.push(box));
  if (!boxes.length) return [0, 0, 100, 100];
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  boxes.forEach((b) => { box[0] = Math.min(box[0], b[0]); box[1] = Math.min(box[1], b[1]); box[2] = Math.max(box[2], b[2]); box[3] = Math.max(box[3], b[3]); });
  if (live.view.bands.length) { box[1] -= 40; box[3] += 14; box[0] -= 12; box[2] += 12; }
  return box;
}

const READABLE = 12.1 / 14;
function fit(whole = false) {
  network.setSize("100%", "100%"); // the room may have changed since: vis-network notices later, and would zoom
  const [left, top, right, bottom] = bounds();
  const stage = byId("stage").getBoundingClientRect();
  const room = byId("panel").hidden || small() ? 0 : 372;
  const w = Math.max(120, stage.width - 28 - room), h = Math.max(120, stage.height - 24);
  let scale = Math.min(w / (right - left), h / (bottom - top), 1.3);
  let x = (left + right) / 2 + room / 2 / scale, y = (top + bottom) / 2;
  if (!whole && small() && !live.view.groups && scale < READABLE) {
    scale = Math.min(1.05, Math.max(READABLE, live.view.tall ? w / (right - left) : 0));
    [x, y] = startingPoint([left, top, right, bottom], w / scale, h / scale);
    if ((right - left) * scale > w + 12 || (bottom - top) * scale > h + 12) say("Drag to see the rest");
  }
  network.moveTo({ position: { x, y }, scale, animation: false });
}

// What a window that cannot hold the whole shows first: what the map is about, else the beginning of the lanes.
function startingPoint([left, top, right, bottom], w, h) {
  const clamp = (v, low, high, size) => (high - low <= size ? (low + high) / 2 : Math.max(low + size / 2, Math.min(high - size / 2, v)));
  const seeds = shown.nodes.filter((i) => NODES[i].seed);
  const hub = shown.nodes.reduce((a, b) => (a !== undefined && NODES[a].n >= NODES[b].n ? a : b), undefined);
  const about = seeds.length ? seeds : live.view.tall || hub === undefined ? [] : [hub];
  if (!about.length) return [clamp((left + right) / 2, left, right, w), top + h / 2 - 6];
  const spread = (axis) => {
    const all = about.map((i) => live.where[i][axis]);
    const low = Math.min(...all), high = Math.max(...all);
    return high - low < (axis === "x" ? w : h) * 0.8 ? (low + high) / 2 : all[0];
  };
  return [clamp(spread("x"), left - 8, right + 8, w), clamp(spread("y"), top, bottom, h)];
}

// Moves the camera only if something in focus would lie outside the picture or under the panel.
function showFocus() {
  const inFocus = focus.nodes ? [...focus.nodes].filter((i) => shown.isNode[i]) : [];
  if (!inFocus.length || inFocus.length > 60) return;
  const xs = inFocus.flatMap((i) => [live.where[i].x - NODES[i].w / 2, live.where[i].x + NODES[i].w / 2]);
  const ys = inFocus.flatMap((i) => [live.where[i].y - NODES[i].h / 2, live.where[i].y + NODES[i].h / 2]);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const stage = byId("stage").getBoundingClientRect();
  const open = !byId("panel").hidden;
  const w = stage.width - (open && !small() ? 372 : 0), h = open && small() ? stage.height * 0.42 : stage.height;
  const a = network.canvasToDOM({ x: left, y: top }), b = network.canvasToDOM({ x: right, y: bottom });
  if (a.x > 4 && a.y > 4 && b.x < w - 4 && b.y < h - 4) return;
  const scale = Math.min(network.getScale(), Math.max(small() ? 0.5 : 0.3, Math.min((w - 50) / (right - left), (h - 50) / (bottom - top))));
  const x = (left + right) / 2 + (stage.width - w) / 2 / scale, y = (top + bottom) / 2 + (stage.height - h) / 2 / scale;
  network.moveTo({ position: { x, y }, scale, animation: still() ? false : { duration: 250 } });
}

function bringToView(i) {
  const { x, y } = live.where[i];
  const stage = byId("stage").getBoundingClientRect();
  const scale = Math.max(network.getScale(), small() ? 0.7 : 0.6);
  const spot = network.canvasToDOM({ x, y });
  const room = byId("panel").hidden || small() ? 0 : 372;
  const low = small() && !byId("panel").hidden ? stage.height * 0.45 : stage.height - 40;
  const inside = spot.x > 60 && spot.x < stage.width - room - 60 && spot.y > 40 && spot.y < low;
  if (inside && scale === network.getScale()) return;
  const down = small() && !byId("panel").hidden ? (stage.height * 0.25) / scale : 0;
  network.moveTo({ position: { x: x + room / 2 / scale, y: y + down }, scale, animation: false });
}

function at({ x, y }) {
  const node = shown.nodes.find((i) => Math.abs(x - live.where[i].x) <= NODES[i].w / 2 && Math.abs(y - live.where[i].y) <= NODES[i].h / 2);
  if (node !== undefined) return { node };
  const edge = lineAt(x, y);
  if (edge !== null) return { edge };
  const group = (live.view.groups ?? []).findIndex((r) => Math.abs(x - r.x) <= r.w / 2 && Math.abs(y - r.y) <= r.h / 2);
  return group >= 0 ? { group } : null;
}

const probe = document.createElement("canvas").getContext("2d");
function lineAt(x, y) {
  const reach = 6 / network.getScale();
  let best = null, bestFar = Infinity;
  for (const i of shown.edges) {
    const geometry = lineGeometry(i), b = geometry.box;
    if (x < b[0] - reach || x > b[2] + reach || y < b[1] - reach || y > b[3] + reach) continue;
    probe.lineWidth = 2 * reach;
    if (!probe.isPointInStroke(pathOf(geometry.d), x, y)) continue;
    const far = Math.min(...geometry.samples.map(([a, c]) => Math.hypot(a - x, c - y))) - (focus.edges && focus.edges.has(i) ? 1e4 : 0);
    if (far < bestFar) { best = i; bestFar = far; }
  }
  return best;
}

let pointing = 0;
function pointed(event) {
  if (pointing || moving) return;
  pointing = requestAnimationFrame(() => {
    pointing = 0;
    const box = byId("map").getBoundingClientRect();
    point(at(network.DOMtoCanvas({ x: event.clientX - box.left, y: event.clientY - box.top })));
  });
}

function point(target) {
  const was = hover;
  hover = target && { node: target.node ?? null, edge: target.edge ?? null };
  byId("map").classList.toggle("hit", target !== null);
  if ((was?.node ?? null) === (hover?.node ?? null) && (was?.edge ?? null) === (hover?.edge ?? null)) return;
  dropBatches();
  network.redraw();
}

// Lines between rooms, counted over everything the filters allow.
function roomLines() {
  if (roomLines.key === keyOfFilters()) return roomLines.found;
  const of = new Map();
  live.view.groups.forEach((room, g) => room.all.forEach((i) => of.set(i, g)));
  const counts = new Map();
  EDGES.forEach((edge) => {
    const a = of.get(edge.from), b = of.get(edge.to);
    if (a === undefined || b === undefined || a === b || !allowed(edge)) return;
    const key = Math.min(a, b) + ">" + Math.max(a, b);
    counts.set(key, (counts.get(key) ?? 0) + edge.c.length);
  });
  roomLines.found = [...counts].map(([key, n]) => { const [a, b] = key.split(">").map(Number); return { a, b, n }; });
  roomLines.key = keyOfFilters();
  return roomLines.found;
}
const keyOfFilters = () => state.view + ":" + [...state.off].sort().join();
