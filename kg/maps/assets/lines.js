// Where lines run: between cards, past the cards of the lanes they cross, parallel ones beside each other.
const geometryOf = [];

function lineGeometry(i) {
  if (!geometryOf[i]) geometryOf[i] = makeGeometry(EDGES[i]);
  return geometryOf[i];
}

function makeGeometry(edge) {
  const a = live.where[edge.from], b = live.where[edge.to];
  const from = NODES[edge.from], to = NODES[edge.to];
  let points;
  if (edge.from === edge.to) points = loop(a, from, edge.p ?? 0);
  else if (live.view.tall) points = sideways(edge, turned(a), turned(b), turned(from), turned(to)).map(([x, y]) => [y, x]);
  else if (live.view.curved) points = sideways(edge, a, b, from, to);
  else points = straight(a, b, from, to, (edge.p ?? 0) * (edge.from < edge.to ? 1 : -1));
  return finish(points);
}

// A tall view is a wide one seen across its diagonal: what runs sideways there runs down here.
const turned = ({ x, y, w, h }) => ({ x: y, y: x, w: h, h: w });

// How far the column of a card reaches on either side of its middle: lines bend outside of it, past wider cards.
function reachOf(i) {
  const along = (place) => (live.view.tall ? place.y : place.x);
  if (!live.reach.size) {
    NODES.forEach((node, n) => {
      if (!live.where[n]) return;
      const column = along(live.where[n]);
      live.reach.set(column, Math.max(live.reach.get(column) ?? 0, (live.view.tall ? node.h : node.w) / 2));
    });
  }
  return live.reach.get(along(live.where[i])) ?? 0;
}

// A chain of cubic pieces: [start, c1, c2, end, c1, c2, end …].
function sideways(edge, a, b, from, to) {
  const shift = (edge.p ?? 0) * 6;
  const port = (node, own, other) => {
    const room = node.h / 2 - 6;
    return own.y + Math.max(-room, Math.min(room, (other.y - own.y) * 0.05 + shift));
  };
  const apart = Math.abs(b.x - a.x) > (from.w + to.w) / 2 + 8;
  const given = live.view.ways[edge.from + ">" + edge.to];
  const way = given && live.view.tall ? given.map(([px, py]) => [py, px]) : given;
  if (!apart) return sideArc(a, b, from, to, port, shift, Boolean(way), Math.max(reachOf(edge.from), reachOf(edge.to)));
  const sign = b.x > a.x ? 1 : -1;
  const first = way ? { x: way[0][0], y: way[0][1] } : b;
  const last = way ? { x: way[way.length - 1][0], y: way[way.length - 1][1] } : a;
  const half = Math.abs(b.x - a.x) / 2;
  const leave = [a.x + sign * Math.min(Math.max(from.w / 2, reachOf(edge.from)), half), port(from, a, first)];
  const arrive = [b.x - sign * Math.min(Math.max(to.w / 2, reachOf(edge.to)), half), port(to, b, last)];
  const points = [[a.x + (sign * from.w) / 2, leave[1]]];
  const flat = ([ex, ey]) => {
    const [x, y] = points[points.length - 1];
    if (Math.abs(ex - x) > 1) points.push([x + (ex - x) / 3, y], [ex - (ex - x) / 3, ey], [ex, ey]);
  };
  flat(leave);
  [...(way ?? []).map(([px, py]) => [px, py + shift]), arrive].forEach(([ex, ey], n) => {
    const [x, y] = points[points.length - 1];
    if (way && n % 2 === 1) flat([ex, ey]);
    else points.push([x + (ex - x) * 0.5, y], [ex - (ex - x) * 0.5, ey], [ex, ey]);
  });
  flat([b.x - (sign * to.w) / 2, arrive[1]]);
  return points;
}

function sideArc(a, b, from, to, port, shift, left, reach) {
  const sign = left ? -1 : 1;
  const sx = a.x + (sign * from.w) / 2, ex = b.x + (sign * to.w) / 2;
  const edge = sign * Math.max(sign * sx, sign * ex, sign * a.x + reach);
  const out = edge + sign * (14 + Math.min(46, Math.abs(b.y - a.y) * 0.16) + Math.abs(shift));
  const y1 = port(from, a, b), y2 = port(to, b, a);
  return [[sx, y1], [out, y1 + (y2 - y1) * 0.08], [out, y2 - (y2 - y1) * 0.08], [ex, y2]];
}

function straight(a, b, from, to, place) {
  const dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy) || 1;
  const bend = place * 26;
  const mx = (a.x + b.x) / 2 - (dy / length) * bend, my = (a.y + b.y) / 2 + (dx / length) * bend;
  const s = border(a, from, mx - a.x, my - a.y), e = border(b, to, mx - b.x, my - b.y);
  const q = [mx, my];
  return [s, [s[0] + (q[0] - s[0]) * 0.667, s[1] + (q[1] - s[1]) * 0.667], [e[0] + (q[0] - e[0]) * 0.667, e[1] + (q[1] - e[1]) * 0.667], e];
}

function border(at, node, dx, dy) {
  const k = Math.min(node.w / 2 / Math.max(Math.abs(dx), 1e-6), node.h / 2 / Math.max(Math.abs(dy), 1e-6));
  return [at.x + dx * k, at.y + dy * k];
}

function loop(at, node, place) {
  const x = at.x + node.w / 2 - 16 - place * 8, top = at.y - node.h / 2, high = 26 + Math.abs(place) * 10;
  return [[x - 12, top], [x - 22, top - high], [x + 22, top - high], [x + 8, top]];
}

function finish(points) {
  const r = points.map(([x, y]) => [round(x), round(y)]);
  let d = `M${r[0][0]} ${r[0][1]}`;
  const samples = [r[0]];
  for (let i = 1; i + 2 < r.length; i += 3) {
    const p0 = r[i - 1], p1 = r[i], p2 = r[i + 1], p3 = r[i + 2];
    d += `C${p1[0]} ${p1[1]} ${p2[0]} ${p2[1]} ${p3[0]} ${p3[1]}`;
    for (let n = 1; n <= 10; n += 1) samples.push(cubic(p0, p1, p2, p3, n / 10));
  }
  const end = r[r.length - 1], before = samples[samples.length - 2], first = r[0], second = samples[1];
  const xs = samples.map((p) => p[0]), ys = samples.map((p) => p[1]);
  return {
    d, samples, end, first, back: Math.atan2(first[1] - second[1], first[0] - second[0]), turn: Math.atan2(end[1] - before[1], end[0] - before[0]),
    box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
  };
}

function cubic(a, b, c, d, t) {
  const u = 1 - t;
  return [0, 1].map((k) => u * u * u * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t * t * t * d[k]);
}

// The point at a share of the way along a line, by length: pieces of a line may be short or long.
function middle(geometry, t = 0.5) {
  const points = geometry.samples;
  if (!geometry.far) {
    let sum = 0;
    geometry.far = points.map(([x, y], n) => { if (n) sum += Math.hypot(x - points[n - 1][0], y - points[n - 1][1]); return sum; });
  }
  const wanted = geometry.far[points.length - 1] * t;
  const n = Math.max(1, geometry.far.findIndex((far) => far >= wanted));
  const [a, b] = [points[n - 1], points[n]], step = geometry.far[n] - geometry.far[n - 1] || 1;
  const share = (wanted - geometry.far[n - 1]) / step;
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}
