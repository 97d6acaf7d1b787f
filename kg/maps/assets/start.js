// Begins: the page without scripts is a table; with them it is a map with the table beside it.
function start() {
  document.body.className = "full";
  ["find", "tools", "stage"].forEach((id) => { byId(id).hidden = false; });
  byId("legend").hidden = window.innerWidth <= 1100;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  state.theme = dark.matches ? "dark" : "light";
  document.documentElement.dataset.theme = state.theme;
  openView(0);
  makeStage();
  makeTools();
  wireSearch();
  wireKeys();
  recall();
  legend();
  markTools();
  dark.addEventListener("change", (event) => setTheme(event.matches ? "dark" : "light"));
  window.addEventListener("hashchange", () => { if (location.hash.slice(1) !== remember.last) { recall(); legend(); } });
  window.addEventListener("resize", () => { clearTimeout(start.timer); start.timer = setTimeout(() => fit(), 150); });
  let before = null;
  window.addEventListener("beforeprint", () => { before = state.theme; setTheme("light"); makeTable(); fit(true); });
  window.addEventListener("afterprint", () => { if (before) setTheme(before); });
  document.documentElement.dataset.ready = "yes";
}

// For tests and for pages that embed a map: what is drawn now, and where.
globalThis.kgqMap = {
  state, shown, focus, data: DATA, nodes: NODES, edges: EDGES, svgText, pngBlob, focusOn, findPath, choose, fit,
  network: () => network,
  labels: () => labelsNow,
  places: () => shown.nodes.map((i) => ({ id: i, label: NODES[i].label, x: live.where[i].x, y: live.where[i].y, w: NODES[i].w, h: NODES[i].h, size: NODES[i].fs })),
  lines: () => shown.edges.map((i) => ({ id: i, from: EDGES[i].from, to: EDGES[i].to, points: lineGeometry(i).samples })),
};
start();
