// What the reader does: choose, focus, find, go a path, hide, link, save, print; by mouse, touch or key.
function choose(target) {
  if (target?.group !== undefined) { openRoom(target.group); return; }
  if (target?.node !== undefined && state.pickFrom !== null && state.pickFrom !== target.node) { findPath(state.pickFrom, target.node); return; }
  state.path = null;
  if (!target) state.pickFrom = null;
  state.node = target?.node ?? null;
  state.edge = target?.edge ?? null;
  refocus();
  if (state.node !== null) nodePanel(state.node);
  else if (state.edge !== null) edgePanel(state.edge);
  else byId("panel").hidden = true;
  if (target) showFocus();
}

function say(text) {
  byId("note").textContent = text;
  clearTimeout(say.timer);
  if (text) say.timer = setTimeout(() => { byId("note").textContent = ""; }, 5000);
}

function sayCounts() {
  const claims = shown.edges.reduce((n, i) => n + EDGES[i].c.length, 0);
  const values = CLAIMS.filter((c) => c.o === undefined && shown.isNode[c.s]).length;
  const [entities, statements] = DATA.total;
  const rooms = live.view.groups?.length;
  const drawn = [rooms ? `${rooms} groups, ${number(state.open.size)} open` : "", `${number(shown.nodes.length)} of ${number(entities)} entities`, `${number(claims)} of ${number(statements)} statements drawn`];
  if (values) drawn.push(`${number(values)} more as values`);
  byId("counts").textContent = [DATA.subtitle, ...drawn].filter(Boolean).join(" · ");
}

// What a grouped overview leaves out of its rooms is shown below them with its neighbours: who points at it on the
// left, what it points at on the right.
const GUESTS_AT_MOST = 24;
function invite(i) {
  const rooms = live.view.groups;
  const left = Math.min(...rooms.map((r) => r.x - r.w / 2)), right = Math.max(...rooms.map((r) => r.x + r.w / 2));
  const top = Math.max(...rooms.map((r) => r.y + r.h / 2)) + 260;
  live.guests.forEach((guest) => { live.where[guest] = live.view.places[guest] ? { x: live.view.places[guest][0], y: live.view.places[guest][1] } : null; });
  const sides = [[], []];
  const seen = new Set([i]);
  edgesOf[i].forEach((e) => {
    const other = otherEnd(e, i);
    if (!seen.has(other) && seen.size <= GUESTS_AT_MOST) { seen.add(other); sides[EDGES[e].from === i ? 1 : 0].push(other); }
  });
  const middle = (left + right) / 2, tall = Math.max(...sides.map((side) => side.length), 1) * 52;
  live.where[i] = { x: middle, y: top + tall / 2 };
  sides.forEach((side, n) => side.forEach((other, k) => {
    live.where[other] = { x: middle + (n ? 330 : -330), y: top + ((k + 0.5) * tall) / side.length };
  }));
  live.guests = [...seen];
  geometryOf.length = 0;
  network.body.data.nodes.remove(live.guests);
}

// An entity that this level of detail leaves out is shown on the level that has it.
function focusOn(i, center) {
  const rooms = live.view.groups;
  if (rooms && !shown.isNode[i]) {
    const room = rooms.findIndex((r) => r.members.includes(i));
    if (room >= 0) openRoom(room); else invite(i);
  } else if (!live.where[i]) {
    const all = DATA.views.findIndex((v) => v.label === live.view.label && v.detail === "all");
    switchView(all >= 0 ? all : DATA.views.findIndex((v) => v.detail === "all"), true);
  }
  state.off.delete("c" + NODES[i].cls);
  state.hidden.delete(i);
  refresh();
  legend();
  if (center && live.where[i]) bringToView(i);
  choose({ node: i });
}

function setHops(n) { state.hops = n; refocus(); nodePanel(state.node); }
function hideNode(i) { state.hidden.add(i); state.node = null; byId("panel").hidden = true; refresh(); say(`${NODES[i].label} is hidden. Reset brings it back.`); }
function onlyFocus() {
  if (!focus.nodes) return;
  shown.nodes.forEach((i) => { if (!focus.nodes.has(i)) state.hidden.add(i); });
  refresh();
  fit();
}
function toggle(...keys) {
  const off = keys.every((key) => state.off.has(key));
  keys.forEach((key) => (off ? state.off.delete(key) : state.off.add(key)));
  const active = document.activeElement && [...byId("legend").querySelectorAll("input")].indexOf(document.activeElement);
  refresh();
  legend();
  if (active >= 0) byId("legend").querySelectorAll("input")[active]?.focus();
}

function openRoom(g) {
  const room = live.view.groups[g];
  if (state.open.has(g)) state.open.delete(g); else state.open.add(g);
  refresh();
  legend();
  if (state.open.has(g)) {
    const stage = byId("stage").getBoundingClientRect();
    const scale = Math.min((stage.width - 40) / room.w, (stage.height - 90) / room.h, 1);
    network.moveTo({ position: { x: room.x, y: room.y - 20 / scale }, scale, animation: still() ? false : { duration: 300 } });
  } else fit();
}

function startPath(i) { state.pickFrom = i; state.path = null; pathPanel(); say("Pick the other end"); }
function findPath(from, to) {
  const found = shortestPath(from, to, state.directed);
  state.path = { from, to, nodes: found ? found.nodes : [from, to], edges: found ? found.edges : [] };
  state.pickFrom = null;
  state.node = state.edge = null;
  refocus();
  pathPanel();
  showFocus();
}

function reset() {
  state.off = new Set(DATA.off);
  state.hidden.clear(); state.open.clear();
  Object.assign(state, { node: null, edge: null, path: null, pickFrom: null, hops: 1 });
  byId("panel").hidden = true;
  switchView(state.view);
  legend();
}

// ---- find ----
function wireSearch() {
  const box = byId("search"), list = byId("found");
  let at = -1, results = [];
  const mark = (n) => {
    at = n;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === n)));
    if (n >= 0) { box.setAttribute("aria-activedescendant", "found" + n); list.children[n].scrollIntoView({ block: "nearest" }); } else box.removeAttribute("aria-activedescendant");
  };
  const close = () => { list.hidden = true; box.setAttribute("aria-expanded", "false"); mark(-1); };
  const take = (n) => { const i = results[n]; close(); box.value = ""; box.blur(); focusOn(i, true); };
  box.addEventListener("input", () => {
    results = search(box.value);
    list.replaceChildren(...results.map((i, n) => aria(el("li", { id: "found" + n, role: "option", onmousedown: (e) => { e.preventDefault(); take(n); } },
      glyph(NODES[i].cls), el("bdi", { text: NODES[i].label }), el("small", { text: DATA.classes[NODES[i].cls].label })), { selected: false })));
    list.hidden = !results.length;
    box.setAttribute("aria-expanded", String(results.length > 0));
    mark(results.length ? 0 : -1);
    if (box.value && !results.length) say(`Nothing here is called “${box.value.slice(0, 40)}”`);
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "ArrowDown" && results.length) { event.preventDefault(); mark((at + 1) % results.length); }
    else if (event.key === "ArrowUp" && results.length) { event.preventDefault(); mark((at + results.length - 1) % results.length); }
    else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape") { close(); box.value = ""; byId("map").focus(); }
  });
  box.addEventListener("blur", close);
}

function search(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const rank = (name) => {
    const n = name.toLowerCase();
    if (n === wanted) return 0;
    if (n.startsWith(wanted)) return 1;
    if (n.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 2;
    return n.includes(wanted) ? 3 : 9;
  };
  return NODES.map((node, i) => [Math.min(rank(node.label), ...(node.alt ?? []).map((a) => rank(a) + 0.5)), i])
    .filter(([r]) => r < 9).sort((a, b) => a[0] - b[0] || NODES[b[1]].n - NODES[a[1]].n || a[1] - b[1]).slice(0, 12).map(([, i]) => i);
}

// ---- link ----
const nameOf = (i) => NODES[i].slug ?? NODES[i].iri;
const nodeNamed = (name) => { const i = NODES.findIndex((_, n) => nameOf(n) === name); return i < 0 ? null : i; };
function remember() {
  const q = new URLSearchParams();
  if (state.view && !live.view.tall) q.set("view", live.view.name);
  if (state.node !== null) q.set("at", nameOf(state.node));
  if (state.edge !== null) q.set("line", [nameOf(EDGES[state.edge].from), EDGES[state.edge].r, EDGES[state.edge].k, nameOf(EDGES[state.edge].to)].join("|"));
  if (state.hops > 1) q.set("hops", state.hops);
  if (state.path) q.set("path", [nameOf(state.path.from), nameOf(state.path.to)].join("|"));
  if (state.directed) q.set("directed", "1");
  const off = [...state.off].sort().join(" ");
  if (off !== [...DATA.off].sort().join(" ")) q.set("off", off);
  if (state.hidden.size) q.set("hidden", [...state.hidden].map(nameOf).join("|"));
  if (state.open.size) q.set("open", [...state.open].join(" "));
  if (state.table) q.set("table", "1");
  const hash = q.toString();
  remember.last = hash;
  try { history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search); } catch { /* a frame without an address */ }
}

function recall() {
  const q = new URLSearchParams(location.hash.slice(1));
  const view = DATA.views.findIndex((v) => v.name === q.get("view"));
  state.off = new Set(q.has("off") ? q.get("off").split(" ").filter(Boolean) : DATA.off);
  state.hidden = new Set((q.get("hidden") ?? "").split("|").map(nodeNamed).filter((i) => i !== null));
  state.open = new Set((q.get("open") ?? "").split(" ").filter(Boolean).map(Number).filter((g) => (DATA.views[Math.max(0, view)].groups ?? [])[g]));
  state.hops = Math.min(3, Math.max(1, Number(q.get("hops")) || 1));
  state.directed = q.has("directed");
  state.table = q.has("table");
  const wanted = { at: q.get("at"), line: q.get("line"), path: q.get("path") };
  const first = small() ? Math.max(0, DATA.views.findIndex((v) => v.tall)) : 0;
  openView(view < 0 ? first : view);
  refresh();
  fit();
  if (wanted.at && nodeNamed(wanted.at) !== null) focusOn(nodeNamed(wanted.at), true);
  else if (wanted.path) {
    const [a, b] = wanted.path.split("|").map(nodeNamed);
    if (a !== null && b !== null && a !== undefined && b !== undefined) findPath(a, b);
  } else if (wanted.line) {
    const edge = EDGES.findIndex((e) => [nameOf(e.from), e.r, e.k, nameOf(e.to)].join("|") === wanted.line);
    if (edge >= 0) choose({ edge });
  }
  showTable(state.table);
}

// ---- files ----
function fileName(ending) {
  return (DATA.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "map") + ending;
}
function download(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function drawAll(pen, scale, context) {
  drawUnder(pen, scale, true);
  shown.nodes.forEach((i) => drawCard(pen, i, live.where[i].x, live.where[i].y, scale));
  drawLabels(pen, scale, context);
}

function svgText() {
  const [left, top, right, bottom] = bounds();
  const box = [left - 20, top - 20, right - left + 40, bottom - top + 40].map(round);
  const pen = new SvgPen();
  drawAll(pen, 1, probe);
  const t = theme();
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(" ")}" width="${box[2]}" height="${box[3]}" font-family='${FONT}'><title>${SvgPen.escape(DATA.title)}</title><rect x="${box[0]}" y="${box[1]}" width="${box[2]}" height="${box[3]}" fill="${t.paper}"/>${pen.parts.join("")}</svg>`;
}

function pngBlob() {
  const [left, top, right, bottom] = bounds();
  const w = right - left + 40, h = bottom - top + 40, scale = Math.min(2, 12000 / Math.max(w, h));
  const canvas = el("canvas", { width: Math.ceil(w * scale), height: Math.ceil(h * scale) });
  const context = canvas.getContext("2d");
  context.fillStyle = theme().paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, (20 - left) * scale, (20 - top) * scale);
  drawAll(new CanvasPen(context), 1, probe);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
const savePng = async () => download(await pngBlob(), fileName(".png"));
const saveSvg = () => download(new Blob([svgText()], { type: "image/svg+xml" }), fileName(".svg"));

async function copyLink() {
  try { await navigator.clipboard.writeText(location.href); say("Link copied"); } catch { say("The address bar holds the link to this view"); }
}

// ---- the whole page ----
// A very long table is in the file for readers without scripts; here its first rows are made when they are wanted.
const ROWS_AT_MOST = 2000;
function makeTable() {
  if (byId("table").querySelector("table")) return;
  const row = (claim) => {
    const end = claim.o === undefined ? claim.v ?? "" : NODES[claim.o].label;
    const quote = claim.e?.[0];
    const notes = [claim.neg ? "denied" : "", claim.m ?? "", claim.sc ? "in " + claim.sc : "", ...(claim.q ?? []).map(([, words]) => words)].filter(Boolean).join("; ");
    return el("tr", {}, ...[NODES[claim.s].label, claim.r, end, DATA.kinds[claim.k], notes, quote ? `“${quote[0]}”` : "", quote ? `${quote[1]}, ${quote[2]}–${quote[3]}` : claim.source ?? ""].map((text) => el("td", { text })));
  };
  const head = ["Subject", "Relation", "Object", "Kind", "Notes", "Quote", "Heading and position (code points)"];
  const rows = CLAIMS.slice(0, ROWS_AT_MOST);
  const caption = `${number(rows.length)} of ${number(CLAIMS.length)} statements${rows.length < CLAIMS.length ? "; the whole table opens where scripts are off" : ""}`;
  byId("table").append(el("table", {}, el("caption", { text: caption }), el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { text, scope: "col" })))), el("tbody", {}, ...rows.map(row))));
}
function showTable(on) {
  state.table = on;
  if (on) makeTable();
  document.body.classList.toggle("listed", on);
  markTools();
  remember();
  if (on) byId("table").focus();
}
function setTheme(name) {
  state.theme = name;
  document.documentElement.dataset.theme = name;
  dropBatches();
  legend();
  markTools();
  if (network) network.redraw();
}
function showHelp(on) {
  const box = byId("help");
  if (on) {
    const keys = [["/", "find an entity"], ["← ↑ → ↓", "go along the lines"], ["Enter", "open the details"], ["[ ]", "previous, next line of the entity"], ["1 2 3", "how many hops"], ["P", "path from here"], ["H", "hide"], ["O", "only what is in focus"],
      ["L", "other layout"], ["K", "key entities or all"], ["T", "table"], ["D", "dark or light"], ["+ − 0", "zoom, whole picture"], ["R", "reset"], ["Esc", "back"]];
    const list = el("dl", {}, ...keys.flatMap(([key, what]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text: what })]));
    const close = el("button", { text: "Close", onclick: () => showHelp(false) });
    box.replaceChildren(el("div", {}, el("h2", { className: "title", text: "Keys" }), list, close));
    box.hidden = false;
    close.focus();
  } else { box.hidden = true; byId("map").focus(); }
}

const layouts = () => [...new Set(DATA.views.filter((v) => v.detail === live.view.detail && (!v.tall || small() || v === live.view)).map((v) => v.label))];
const details = () => [...new Set(DATA.views.map((v) => v.detail))];
const DETAILS = { key: "Key", all: "All", groups: "Groups" };
const otherLayout = () => { const all = layouts(); switchView(viewNamed(all[(all.indexOf(live.view.label) + 1) % all.length], live.view.detail)); };
const otherDetail = () => { const all = details(); switchView(viewNamed(live.view.label, all[(all.indexOf(live.view.detail) + 1) % all.length])); legend(); };
const otherTheme = () => setTheme(state.theme === "dark" ? "light" : "dark");

function makeTools() {
  const press = (text, name, action, hint) => el("button", { text, id: "tool-" + name, title: hint, onclick: action });
  const view = aria(el("div", { className: "group", role: "group", id: "layouts" }), { label: "Layout" });
  const level = aria(el("div", { className: "group", role: "group", id: "details" }), { label: "How much is shown" });
  const inner = el("div", { hidden: true }, press("PNG picture", "png", savePng, "Picture at double size"), press("SVG drawing", "svg", saveSvg, "Vector drawing"), press("Copy link", "link", copyLink, "Link to this view"), press("Print", "print", () => window.print(), "Print map and table"), press("Reset", "reset", reset, "Everything as at first (R)"), press("Keys", "help", () => showHelp(true), "All keys (?)"));
  const more = aria(press("More", "more", () => { inner.hidden = !inner.hidden; aria(more, { expanded: !inner.hidden }); byId("tools").classList.toggle("open", !inner.hidden); }, "Save, share, help"), { expanded: false, haspopup: "true" });
  inner.addEventListener("click", () => { inner.hidden = true; aria(more, { expanded: false }); byId("tools").classList.remove("open"); });
  byId("tools").replaceChildren(view, level, press("Legend", "legend", () => { byId("legend").hidden = !byId("legend").hidden; markTools(); network.setSize("100%", "100%"); network.redraw(); }, "Legend and filters"),
    press("Fit", "fit", () => fit(true), "Whole picture (0)"), press("Table", "table", () => showTable(!state.table), "The same statements as a table (T)"), press("Dark", "dark", otherTheme, "Dark or light (D)"), el("div", { className: "menu" }, more, inner));
  document.addEventListener("click", (event) => { if (!event.target.closest(".menu")) { inner.hidden = true; aria(more, { expanded: false }); } });
}

function markTools() {
  const options = (box, names, label, now, action) => {
    byId(box).hidden = names.length < 2;
    byId(box).replaceChildren(...names.map((name) => aria(el("button", { text: label(name), onclick: () => action(name) }), { pressed: name === now })));
  };
  options("layouts", layouts(), (n) => n, live.view.label, (n) => { switchView(viewNamed(n, live.view.detail)); legend(); });
  options("details", details(), (n) => DETAILS[n], live.view.detail, (n) => { switchView(viewNamed(live.view.label, n)); legend(); });
  aria(byId("tool-legend"), { pressed: !byId("legend").hidden });
  aria(byId("tool-table"), { pressed: state.table });
  aria(byId("tool-dark"), { pressed: state.theme === "dark" });
}

// Along a line to the neighbour that lies most in the direction; without one, to the nearest entity there.
function walk(dx, dy) {
  if (state.node === null) { const first = shown.nodes.find((i) => NODES[i].seed) ?? shown.nodes[0]; if (first !== undefined) { choose({ node: first }); bringToView(first); } return; }
  const here = live.where[state.node];
  const score = (i) => {
    const x = live.where[i].x - here.x, y = live.where[i].y - here.y, far = Math.hypot(x, y) || 1;
    const cos = (x * dx + y * dy) / far;
    return cos > 0.35 ? far / cos ** 2 : Infinity;
  };
  const best = (list) => list.reduce((b, i) => (i !== state.node && score(i) < score(b ?? state.node) ? i : b), null);
  const joined = edgesOf[state.node].filter((e) => shown.isEdge[e]).map((e) => otherEnd(e, state.node));
  const next = best(joined) ?? best(shown.nodes);
  if (next === null) return;
  bringToView(next);
  choose({ node: next });
  byId("how").textContent = `${NODES[next].label}, ${DATA.classes[NODES[next].cls].label}, ${NODES[next].n} statements`;
}

function nextLine(step) {
  const anchor = state.node ?? nextLine.anchor ?? null;
  if (anchor === null) return;
  const list = edgesOf[anchor].filter((e) => shown.isEdge[e]);
  if (!list.length) return;
  const now = list.indexOf(state.edge);
  choose({ edge: list[(now + step + list.length + (now < 0 && step < 0 ? 1 : 0)) % list.length] });
  nextLine.anchor = anchor;
}

const KEYS = {
  ArrowLeft: () => walk(-1, 0), ArrowRight: () => walk(1, 0), ArrowUp: () => walk(0, -1), ArrowDown: () => walk(0, 1),
  Enter: () => { if (!byId("panel").hidden) byId("panel").focus(); }, "[": () => nextLine(-1), "]": () => nextLine(1),
  1: () => state.node !== null && setHops(1), 2: () => state.node !== null && setHops(2), 3: () => state.node !== null && setHops(3),
  p: () => state.node !== null && startPath(state.node), h: () => state.node !== null && hideNode(state.node), o: onlyFocus,
  l: otherLayout, k: otherDetail, t: () => showTable(!state.table), d: otherTheme, r: reset, "?": () => showHelp(true),
  "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(0.8), 0: () => fit(true),
  "/": () => byId("search").focus(),
};
const zoomBy = (k) => network.moveTo({ scale: Math.max(0.02, Math.min(4, network.getScale() * k)), animation: false });

function wireKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { if (!byId("help").hidden) showHelp(false); else if (state.table) showTable(false); else { choose(null); byId("map").focus(); } return; }
    if (!byId("help").hidden || event.target.closest("input[type=text]")) return;
    const onMap = event.target === byId("map") || event.target === document.body;
    const moves = event.key.startsWith("Arrow") || event.key === "Enter" || event.key === " ";
    if (moves && !onMap) return;
    const action = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
    if (action) { event.preventDefault(); action(); }
  });
}
