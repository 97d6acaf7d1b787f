// The panel tells what is known: every statement with its words, quote and position, or its proof.
function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(props).forEach(([name, value]) => {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "text") made.textContent = value;
    else if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  });
  made.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return made;
}
const aria = (made, names) => { Object.entries(names).forEach(([n, v]) => made.setAttribute("aria-" + n, v)); return made; };

function svg(width, height, ...marks) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  Object.entries({ width, height, viewBox: `${-width / 2} ${-height / 2} ${width} ${height}`, "aria-hidden": "true" }).forEach(([n, v]) => made.setAttribute(n, v));
  marks.forEach((attributes) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    Object.entries(attributes).forEach(([n, v]) => path.setAttribute(n, v));
    made.append(path);
  });
  return made;
}
const glyph = (cls) => svg(16, 16, { d: GLYPHS[DATA.classes[cls].g], fill: theme().colours[DATA.classes[cls].f], "fill-rule": "evenodd" });
function sample(family, dash = []) {
  const head = HEADS[DATA.arrows[family]], colour = theme().colours[family];
  return svg(34, 14, { d: "M-16 0H9", stroke: colour, "stroke-width": 2, fill: "none" , "stroke-dasharray": dash.join(" ") || "none" },
    { d: head.d, transform: "translate(16 0)", fill: head.fill ? colour : "none", stroke: colour, "stroke-width": head.fill ? 0.5 : 1.5 });
}
const lineSample = (dash, cap) => svg(34, 14, { d: "M-16 0H16", stroke: theme().ink, "stroke-width": 2, fill: "none", "stroke-dasharray": dash.join(" ") || "none", "stroke-linecap": cap ?? "butt" });

const claimText = (claim) => claim.t ?? `${NODES[claim.s].label} ${claim.r} ${claim.o === undefined ? claim.v ?? "" : NODES[claim.o].label}`;

function claimItem(i, open) {
  const claim = CLAIMS[i];
  const kind = claim.k ? el("span", { className: "tag", text: DATA.kinds[claim.k] }) : null;
  const details = el("details", { open }, el("summary", {}, el("bdi", { text: claimText(claim) }), " ", kind), claimBody(claim));
  return el("li", {}, details);
}

function claimBody(claim) {
  const body = el("div", { className: "body" }, tagsOf(claim));
  (claim.e ?? []).forEach((e) => body.append(...quoteOf(e)));
  (claim.because ?? []).forEach(([rule, premises]) => body.append(proofOf(rule, premises, 0)));
  if (claim.source) body.append(el("p", { className: "mute" }, "Source: ", linkOf(claim.source)));
  if (claim.by !== undefined) body.append(el("p", { className: "mute", text: `Said by: ${DATA.voices[claim.by]}` }));
  if (claim.note) body.append(el("p", { className: "mute", text: `Encoders’ note: ${claim.note}` }));
  if (claim.id) body.append(el("p", { className: "mute", text: `Claim ${claim.id}` }));
  return body;
}

function tagsOf(claim) {
  const tags = el("div", { className: "tags" }, el("span", { className: "tag", text: DATA.kinds[claim.k] }));
  if (claim.neg) tags.append(el("span", { className: "tag no", text: "denied" }));
  if (claim.m) tags.append(el("span", { className: "tag", text: claim.m }));
  if (claim.sc) tags.append(el("span", { className: "tag", text: "in " + claim.sc }));
  (claim.q ?? []).forEach(([name, words]) => tags.append(el("span", { className: "tag words", text: `${name}: ${words}` })));
  return tags;
}

function quoteOf([quote, heading, start, end]) {
  return [el("blockquote", { text: `“${quote}”` }), el("cite", { text: `${heading}${heading ? " · " : ""}code points ${start}–${end}` })];
}

function proofOf(rule, premises, depth) {
  const list = el("ol", { className: "proof" });
  premises.forEach((p) => {
    const premise = typeof p === "number" ? CLAIMS[p] : p;
    const item = el("li", {}, el("bdi", { text: p === premise ? premise.t : claimText(premise) }), ` (${DATA.kinds[premise.k]})`);
    (premise.e ?? []).forEach((e) => item.append(...quoteOf(e)));
    if (depth < 6) (premise.because ?? []).forEach(([r, more]) => item.append(proofOf(r, more, depth + 1)));
    list.append(item);
  });
  return el("div", {}, el("p", {}, "Follows by: ", el("bdi", { text: rule })), list);
}

// Only addresses of the web become links; anything else stays text.
function linkOf(address) {
  if (!/^https?:\/\//i.test(address)) return el("span", { text: address });
  return el("a", { href: address, rel: "noopener noreferrer", target: "_blank", text: address });
}

function showPanel(...content) {
  const panel = byId("panel");
  const close = aria(el("button", { className: "icon close", text: "×", onclick: () => choose(null) }), { label: "Close details" });
  panel.replaceChildren(close, ...content.filter(Boolean));
  panel.hidden = false;
  panel.scrollTop = 0;
}

function nodePanel(i) {
  const node = NODES[i];
  const press = (text, on, action) => aria(el("button", { text, onclick: action }), { pressed: on });
  const title = el("h2", { className: "title" }, glyph(node.cls), el("bdi", { text: node.label }));
  const about = el("p", { className: "mute", text: DATA.classes[node.cls].label + (node.alt ? ` · also ${node.alt.join(", ")}` : "") });
  const hops = el("div", { className: "group", role: "group" }, ...[1, 2, 3].map((n) => press(`${n} hop${n > 1 ? "s" : ""}`, state.hops === n, () => setHops(n))));
  aria(hops, { label: "How far to look" });
  const tools = aria(el("nav", {}, hops,
    el("button", { text: "Path from here", onclick: () => startPath(i) }),
    el("button", { text: "Only these", onclick: () => onlyFocus() }),
    el("button", { text: "Hide", onclick: () => hideNode(i) })), { label: "Entity tools" });
  const parts = [title, about, node.note ? el("p", { className: "mute", text: node.note }) : null, tools];
  const all = claimsOf[i];
  const off = all.filter((c) => lineOfClaim.has(c) && !shown.isEdge[lineOfClaim.get(c)]).length;
  parts.push(el("p", { className: "mute", text: `${all.length} statement${all.length === 1 ? "" : "s"}${off ? `, ${off} of them not drawn now` : ""}` }));
  const groups = new Map();
  all.forEach((c) => {
    const claim = CLAIMS[c];
    const key = (claim.s === i ? "0" : "1") + claim.r;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(c);
  });
  groups.forEach((list, key) => {
    parts.push(el("h2", { text: (key[0] === "0" ? "" : "← ") + key.slice(1) }), claimList(list, all.length <= 2));
  });
  showPanel(...parts);
}

const claimList = (list, open) => el("ul", { className: "claims" }, ...list.map((c) => claimItem(c, open)));
const entityLink = (i) => el("button", { className: "link", text: NODES[i].label, onclick: () => focusOn(i, true) });

function edgePanel(i) {
  const edge = EDGES[i];
  const parts = [el("h2", { className: "title" }, el("bdi", { text: claimText(CLAIMS[edge.c[0]]) })),
    el("dl", {}, el("dt", { text: "from" }), el("dd", {}, entityLink(edge.from)), el("dt", { text: "relation" }), el("dd", { text: DATA.relations[edge.r].label }),
      el("dt", { text: "to" }), el("dd", {}, entityLink(edge.to)))];
  parts.push(el("h2", { text: edge.c.length > 1 ? `${edge.c.length} statements` : "Statement" }), claimList(edge.c, true));
  const beside = edgesOf[edge.from].filter((e) => e !== i && shown.isEdge[e] && otherEnd(e, edge.from) === edge.to);
  if (beside.length) parts.push(el("h2", { text: "Also between the two" }), claimList(beside.flatMap((e) => EDGES[e].c), false));
  showPanel(...parts);
}

function pathPanel() {
  const choose_ = state.pickFrom !== null && !state.path;
  const parts = [el("h2", { className: "title" }, "Path")];
  if (choose_) parts.push(el("p", {}, "From ", el("bdi", { text: NODES[state.pickFrom].label }), ": now pick the other end on the map, or find it above."));
  const box = el("input", { type: "checkbox", id: "directed", checked: state.directed, onchange: (e) => { state.directed = e.target.checked; if (state.path) findPath(state.path.from, state.path.to); } });
  parts.push(el("p", {}, box, el("label", { htmlFor: "directed", text: " follow the arrows only" })));
  if (state.path && !state.path.edges.length) parts.push(el("p", { text: `No path between ${NODES[state.path.from].label} and ${NODES[state.path.to].label} in what is shown${state.directed ? " along the arrows" : ""}.` }));
  if (state.path) {
    for (let n = 1; n < state.path.nodes.length; n += 1) {
      const [a, b] = [state.path.nodes[n - 1], state.path.nodes[n]];
      const lines = state.path.edges.filter((e) => (EDGES[e].from === a && EDGES[e].to === b) || (EDGES[e].from === b && EDGES[e].to === a));
      const back = lines.every((e) => EDGES[e].from === b);
      parts.push(el("h2", { text: `${n}. ${NODES[a].label} ${back ? "←" : "→"} ${NODES[b].label}` }), claimList(lines.flatMap((e) => EDGES[e].c), true));
    }
  }
  showPanel(...parts);
}

function legend() {
  const box = byId("legend");
  const tick = (key, mark, text, count) => {
    const off = state.off.has(key);
    const input = el("input", { type: "checkbox", checked: !off, onchange: () => toggle(key) });
    const label = el("label", { className: off ? "off" : "" }, input, mark, el("span", { text }), el("span", { className: "n", text: number(count) }));
    return el("li", {}, label);
  };
  const parts = [el("h2", { text: "Entities" })];
  const here = new Map();
  NODES.forEach((node, i) => { if (inLevel(i)) here.set(node.cls, (here.get(node.cls) ?? 0) + 1); });
  parts.push(el("ul", {}, ...DATA.classes.map((c, i) => (here.has(i) ? tick("c" + i, glyph(i), c.label, here.get(i)) : null)).filter(Boolean)));
  parts.push(el("h2", { text: "Relations" }), el("ul", {}, ...relationRows(tick)));
  parts.push(el("h2", { text: "Statements" }), el("ul", {}, ...kindRows(tick)));
  if (live.view.groups) parts.unshift(el("h2", { text: "Groups" }), el("ul", {}, ...live.view.groups.map(groupRow)));
  box.replaceChildren(...parts);
}

// The legend tells what this level of detail can show, and counts that.
const inLevel = (i) => (live.view.groups ? live.view.groups.some((r) => r.all.includes(i)) : Boolean(live.where[i]));
const lineInLevel = (edge) => inLevel(edge.from) && inLevel(edge.to);
const statements = (edges) => edges.reduce((n, edge) => n + edge.c.length, 0);

function groupRow(room, g) {
  const button = el("button", { className: "link", text: room.label, onclick: () => openRoom(g) });
  aria(button, { expanded: state.open.has(g) });
  return el("li", { className: "row" }, el("label", {}, button, el("span", { className: "n", text: number(room.total) })));
}

function kindRows(tick) {
  const here = EDGES.filter(lineInLevel);
  const count = (test) => statements(here.filter(test));
  const rows = DATA.kinds.map((kind, k) => [k, count((e) => e.k === k)]).filter(([, n]) => n)
    .map(([k, n]) => tick("k" + k, lineSample(DASHES[k], k === 2 ? "round" : "butt"), DATA.kinds[k], n));
  if (DATA.scenarios.length) {
    rows.push(tick("s-", lineSample([]), "outside scenarios", count((e) => e.s === undefined)));
    DATA.scenarios.forEach((label, s) => {
      const n = count((e) => e.s === s);
      if (n) rows.push(tick("s" + s, lineSample(SCENARIO_DASH), "in " + label, n));
    });
  }
  const t = theme();
  if (EDGES.some((e) => e.q)) rows.push(el("li", {}, el("label", {}, svg(34, 14, { d: "M-16 0H16", stroke: t.mute, "stroke-width": 1.5 }, { d: "M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z", fill: t.card, stroke: t.mute, "stroke-width": 1.6 }), el("span", { text: "limited by words" }))));
  if (EDGES.some((e) => e.neg)) rows.push(el("li", {}, el("label", {}, svg(34, 14, { d: "M-16 0H16", stroke: t.mute, "stroke-width": 1.5 }, { d: "M-5-5L5 5M5-5L-5 5", stroke: t.ink, "stroke-width": 2.2 }), el("span", { text: "denied" }))));
  return rows;
}

// A family of relations is one row; its single relations unfold.
function relationRows(tick) {
  const families = new Map(), used = new Map();
  EDGES.filter(lineInLevel).forEach((edge) => used.set(edge.r, (used.get(edge.r) ?? 0) + edge.c.length));
  DATA.relations.forEach((relation, r) => {
    if (!used.has(r)) return;
    if (!families.has(relation.f)) families.set(relation.f, []);
    families.get(relation.f).push(r);
  });
  return [...families].map(([f, members]) => {
    const name = DATA.relationFamilies[f];
    if (members.length === 1) return tick("r" + members[0], sample(f), DATA.relations[members[0]].label, used.get(members[0]));
    const off = members.every((r) => state.off.has("r" + r));
    const total = members.reduce((n, r) => n + used.get(r), 0);
    const input = el("input", { type: "checkbox", checked: !off, onchange: () => toggle(...members.map((r) => "r" + r)) });
    const label = el("label", { className: off ? "off" : "" }, input, sample(f), el("span", { text: name }), el("span", { className: "n", text: number(total) }));
    const inner = el("ul", {}, ...members.map((r) => tick("r" + r, sample(f), DATA.relations[r].label, used.get(r))));
    inner.hidden = !legend.open?.has(f);
    const more = aria(el("button", { className: "more", text: inner.hidden ? "+" : "−", onclick: () => {
      legend.open = legend.open ?? new Set();
      if (legend.open.has(f)) legend.open.delete(f); else legend.open.add(f);
      inner.hidden = !legend.open.has(f); more.textContent = inner.hidden ? "+" : "−"; aria(more, { expanded: !inner.hidden });
    } }), { label: `Relations of ${name}`, expanded: !inner.hidden });
    return el("li", {}, el("div", { className: "row" }, label, more), inner);
  });
}
