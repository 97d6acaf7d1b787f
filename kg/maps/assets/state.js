// What the page knows and what it shows at the moment. Everything from the graph is text, never markup.
const byId = (id) => document.getElementById(id);
const readJson = (id) => JSON.parse(byId(id).textContent);
const NODES = readJson("nodes");
const EDGES = readJson("edges");
const DATA = readJson("rest");
const OPTIONS = JSON.parse(readJson("options"));
const CLAIMS = DATA.claims;

const edgesOf = NODES.map(() => []);
EDGES.forEach((edge, i) => {
  edgesOf[edge.from].push(i);
  if (edge.to !== edge.from) edgesOf[edge.to].push(i);
});
const claimsOf = NODES.map(() => []);
CLAIMS.forEach((claim, i) => {
  claimsOf[claim.s].push(i);
  if (claim.o !== undefined && claim.o !== claim.s) claimsOf[claim.o].push(i);
});
const lineOfClaim = new Map();
EDGES.forEach((edge, i) => edge.c.forEach((claim) => lineOfClaim.set(claim, i)));

const state = {
  view: 0, theme: "light", off: new Set(DATA.off), hidden: new Set(), open: new Set(),
  node: null, edge: null, hops: 1, path: null, directed: false, pickFrom: null, table: false,
};
const shown = { nodes: [], edges: [], isNode: new Uint8Array(NODES.length), isEdge: new Uint8Array(EDGES.length) };
const focus = { nodes: null, edges: null };
const live = { view: DATA.views[0], where: [], guests: [], reach: new Map() };
const small = () => window.innerWidth <= 760;

// Positions are copied when a view opens, so that a card can be moved without touching what was computed ahead.
function openView(number) {
  state.view = number;
  live.view = DATA.views[number];
  live.where = NODES.map((_, i) => {
    const place = live.view.places[i];
    return place ? { x: place[0], y: place[1] } : null;
  });
  live.guests = [];
  live.reach.clear();
  geometryOf.length = 0;
}

function computeShown() {
  const groups = live.view.groups;
  const opened = groups && new Set([...live.guests, ...groups.flatMap((group, g) => (state.open.has(g) ? group.members : []))]);
  shown.nodes = [];
  NODES.forEach((node, i) => {
    const yes = live.where[i] && !state.off.has("c" + node.cls) && !state.hidden.has(i) && (!opened || opened.has(i));
    shown.isNode[i] = yes ? 1 : 0;
    if (yes) shown.nodes.push(i);
  });
  shown.edges = [];
  EDGES.forEach((edge, i) => {
    const yes = allowed(edge) && shown.isNode[edge.from] && shown.isNode[edge.to];
    shown.isEdge[i] = yes ? 1 : 0;
    if (yes) shown.edges.push(i);
  });
  computeFocus();
}

function allowed(edge) {
  const scenario = edge.s === undefined ? "s-" : "s" + edge.s;
  return !state.off.has("r" + edge.r) && !state.off.has("k" + edge.k) && !state.off.has(scenario);
}

function computeFocus() {
  focus.nodes = focus.edges = null;
  if (state.path) {
    focus.nodes = new Set(state.path.nodes);
    focus.edges = new Set(state.path.edges);
  } else if (state.edge !== null) {
    focus.nodes = new Set([EDGES[state.edge].from, EDGES[state.edge].to]);
    focus.edges = new Set([state.edge]);
  } else if (state.node !== null) {
    const near = within(state.node, state.hops);
    focus.nodes = new Set(near.keys());
    const reach = state.hops === 1
      ? (edge) => edge.from === state.node || edge.to === state.node
      : (edge) => near.has(edge.from) && near.has(edge.to);
    focus.edges = new Set(shown.edges.filter((i) => reach(EDGES[i])));
  }
}

function within(start, hops) {
  const distance = new Map([[start, 0]]);
  let frontier = [start];
  for (let step = 1; step <= hops; step += 1) {
    const next = [];
    frontier.forEach((node) => edgesOf[node].forEach((i) => {
      if (!shown.isEdge[i]) return;
      const other = otherEnd(i, node);
      if (!distance.has(other)) { distance.set(other, step); next.push(other); }
    }));
    frontier = next;
  }
  return distance;
}

const otherEnd = (edge, node) => (EDGES[edge].from === node ? EDGES[edge].to : EDGES[edge].from);

// Breadth first; what is denied or holds in a scenario only does not join anything.
function shortestPath(start, end, directed) {
  const came = new Map([[start, null]]);
  let frontier = [start];
  while (frontier.length && !came.has(end)) {
    const next = [];
    frontier.forEach((node) => edgesOf[node].forEach((i) => {
      const edge = EDGES[i];
      if (!shown.isEdge[i] || edge.neg || edge.s !== undefined || (directed && edge.from !== node && !edge.both)) return;
      const other = otherEnd(i, node);
      if (!came.has(other)) { came.set(other, [node, i]); next.push(other); }
    }));
    frontier = next;
  }
  if (!came.has(end)) return null;
  const nodes = [end];
  while (nodes[0] !== start) nodes.unshift(came.get(nodes[0])[0]);
  const edges = [];
  for (let i = 1; i < nodes.length; i += 1) {
    edgesOf[nodes[i - 1]].forEach((e) => {
      const joins = shown.isEdge[e] && otherEnd(e, nodes[i - 1]) === nodes[i] && !EDGES[e].neg && EDGES[e].s === undefined;
      if (joins && (!directed || EDGES[e].both || EDGES[e].from === nodes[i - 1])) edges.push(e);
    });
  }
  return { nodes, edges };
}
