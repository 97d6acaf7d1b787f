// The marks: shapes of entities, heads of arrows, dashes of kinds. One path string serves canvas and SVG.
const GLYPHS = {
  circle: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
  square: "M-5.3-5.3h10.6v10.6h-10.6z",
  diamond: "M0-7L7 0L0 7L-7 0z",
  triangle: "M0-6.4L6.6 5.2H-6.6z",
  hexagon: "M-3.4-6H3.4L6.8 0L3.4 6H-3.4L-6.8 0z",
  cross: "M-2.2-6.4h4.4v4.2h4.2v4.4h-4.2v4.2h-4.4v-4.2h-4.2v-4.4h4.2z",
  ring: "M-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0zM-3 0a3 3 0 1 1 6 0a3 3 0 1 1-6 0z",
  bar: "M-6.8-3h13.6v6h-13.6z",
  star: "M0-7.2L2-2.4L7-2L3.2 1.4L4.4 6.4L0 3.7L-4.4 6.4L-3.2 1.4L-7-2L-2-2.4z",
  frame: "M-6-6h12v12h-12zM-2.8-2.8v5.6h5.6v-5.6z",
};
const HEADS = {
  filled: { d: "M0 0L-9.5 4.2V-4.2z", fill: true },
  open: { d: "M-9-4.6L0 0L-9 4.6", fill: false },
  diamond: { d: "M0 0L-5.8 3.8L-11.6 0L-5.8-3.8z", fill: true },
  dot: { d: "M-7.6 0a3.8 3.8 0 1 0 7.6 0a3.8 3.8 0 1 0-7.6 0z", fill: true },
  tee: { d: "M-3.4-5.6H-.4V5.6H-3.4zM-4 0L-10 3.4V-3.4z", fill: true },
  double: { d: "M0 0L-7.5 4V-4zM-6.5 0L-14 4V-4z", fill: true },
  hollow: { d: "M-.6 0L-9.6 4V-4z", fill: false },
  plain: { d: "M-7-3.2L0 0L-7 3.2", fill: false },
};
const DASHES = [[], [7, 4], [1.5, 4]];
const SCENARIO_DASH = [11, 3, 2, 3];
const dashOf = (edge) => (edge.s !== undefined ? SCENARIO_DASH : DASHES[edge.k]);
const headOf = (edge) => HEADS[DATA.arrows[DATA.relations[edge.r].f]];
const lineColour = (edge) => theme().colours[DATA.relations[edge.r].f];
const nodeColour = (node) => theme().colours[DATA.classes[node.cls].f];
const INK = {
  light: { ink: "#1b2330", mute: "#556070", edge: "#c8cfda", band: "#eef1f5", accent: "#2858e8", glow: "#fff3c4" },
  dark: { ink: "#e8ecf3", mute: "#a3aec0", edge: "#3a4556", band: "#171c25", accent: "#88a8f0", glow: "#4a3f14" },
};
const themes = {};
function theme() {
  themes[state.theme] = themes[state.theme] ?? {
    ...INK[state.theme], colours: DATA.theme.colours[state.theme], card: DATA.theme.card[state.theme], paper: DATA.theme.paper[state.theme],
  };
  return themes[state.theme];
}
const FONT = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "Noto Sans", sans-serif';

const paths = new Map();
function pathOf(d) {
  let found = paths.get(d);
  if (!found) { found = new Path2D(d); paths.set(d, found); }
  return found;
}

// Two pens with one vocabulary: what is drawn on the canvas can be written as SVG, mark for mark.
class CanvasPen {
  constructor(context) { this.context = context; }
  mark(d, style, x = 0, y = 0, turn = 0) {
    const c = this.context;
    const path = typeof d === "string" ? pathOf(d) : d;
    if (x || y) c.translate(x, y);
    if (turn) c.rotate(turn);
    c.globalAlpha = style.alpha ?? 1;
    if (style.fill) { c.fillStyle = style.fill; c.fill(path, "evenodd"); }
    if (style.stroke) {
      const dashed = style.dash && style.dash.length;
      c.strokeStyle = style.stroke; c.lineWidth = style.width ?? 1; c.lineCap = style.cap ?? "butt"; c.lineJoin = "round";
      if (dashed) c.setLineDash(style.dash);
      c.stroke(path);
      if (dashed) c.setLineDash([]);
    }
    if (turn) c.rotate(-turn);
    if (x || y) c.translate(-x, -y);
    c.globalAlpha = 1;
  }
  text(words, x, y, style) {
    const c = this.context;
    c.globalAlpha = style.alpha ?? 1;
    c.font = `${style.bold ? "bold " : ""}${style.size}px ${FONT}`;
    c.textAlign = style.align ?? "left"; c.textBaseline = "middle";
    if (style.halo) { c.strokeStyle = style.halo; c.lineWidth = style.haloWidth; c.lineJoin = "round"; c.strokeText(words, x, y, style.room); }
    c.fillStyle = style.fill;
    c.fillText(words, x, y, style.room);
    c.globalAlpha = 1;
  }
}
CanvasPen.prototype.block = function block(x, y, w, h, fill, alpha) {
  this.context.globalAlpha = alpha;
  this.context.fillStyle = fill;
  this.context.fillRect(x, y, w, h);
  this.context.globalAlpha = 1;
};
class SvgPen {
  constructor() { this.parts = []; }
  static escape(text) {
    return String(text).replace(/[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (c) => (c < " " ? "" : `&#${c.charCodeAt(0)};`));
  }
  mark(d, style, x = 0, y = 0, turn = 0) {
    const move = x || y ? ` transform="translate(${round(x)} ${round(y)})${turn ? ` rotate(${round(turn * 180 / Math.PI)})` : ""}"` : "";
    const stroke = style.stroke
      ? ` stroke="${style.stroke}" stroke-width="${style.width ?? 1}" stroke-linejoin="round"${style.cap ? ` stroke-linecap="${style.cap}"` : ""}${style.dash && style.dash.length ? ` stroke-dasharray="${style.dash.join(" ")}"` : ""}` : "";
    this.parts.push(`<path d="${d}" fill="${style.fill ?? "none"}" fill-rule="evenodd"${stroke}${style.alpha < 1 ? ` opacity="${style.alpha}"` : ""}${move}/>`);
  }
  text(words, x, y, style) {
    const anchor = style.align === "center" ? ' text-anchor="middle"' : "";
    const halo = style.halo ? ` stroke="${style.halo}" stroke-width="${round(style.haloWidth)}" stroke-linejoin="round" paint-order="stroke"` : "";
    this.parts.push(`<text x="${round(x)}" y="${round(y)}" dominant-baseline="central" font-size="${round(style.size)}"${style.bold ? ' font-weight="bold"' : ""}${anchor} fill="${style.fill}"${halo}${style.alpha < 1 ? ` opacity="${style.alpha}"` : ""}>${SvgPen.escape(words)}</text>`);
  }
}
const round = (x) => Math.round(x * 10) / 10;
