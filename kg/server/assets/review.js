// Reviewing: one suggestion at a time, by mouse or by the keys a, e, r, l, u. Text only ever becomes text nodes.

const ROOT = new URL("..", import.meta.url).pathname.slice(0, -1);  // a proxy may serve this below a path
const $ = (id) => document.getElementById(id);
const state = { document: "", shown: null, skipped: [], busy: false, unpublished: 0 };

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const say = (text) => { $("status").textContent = text; };
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function problem(text) {
  $("problem").replaceChildren(...(text ? [make("div", { class: "box bad", role: "alert" }, capital(text))] : []));
}

async function send(path, body) {
  const headers = { accept: "application/json" };
  const token = sessionStorage.getItem("kgq-token");
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers["content-type"] = "application/json";
  const response = await fetch(`${ROOT}/review/${path}`, { method: body ? "POST" : "GET", headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (response.status === 401) {
    sessionStorage.removeItem("kgq-token");
    $("token-form").hidden = false;
    $("token").focus();
    throw new Error(token ? "this token is not the one." : "");
  }
  if (!response.ok) throw new Error((await response.text()).trim());
  $("token-form").hidden = true;
  return response.json();
}

// --- documents -----------------------------------------------------------------------------------------------

async function loadDocuments() {
  say("Reading the documents …");
  const { documents, unpublished } = await send("documents");
  state.unpublished = unpublished;
  const left = (found) => (found.waiting ? `${found.waiting} to decide` : "all decided");
  $("documents").replaceChildren(documents.length
    ? make("ul", { class: "documents" }, ...documents.map((found) => make("li", {}, make("button", {
      type: "button", "aria-pressed": String(found.name === state.document), onclick: () => open(found.name),
    }, make("span", {}, found.title), make("span", { class: "count" }, left(found))))))
    : make("p", { class: "box note" }, "No documents yet. Add one in the terminal: kgq add FILE"));
  showPublishing();
  say("");
  return documents;
}

function showPublishing() {
  const many = state.unpublished;
  $("publishing").hidden = !many;
  $("unpublished").textContent = `${many} accepted claim${many === 1 ? " is" : "s are"} not in the store yet.`;
}

async function open(name) {
  state.document = name;
  state.skipped = [];
  showLast("");
  await run(async () => { await next(); await loadDocuments(); });
}

// --- one suggestion ------------------------------------------------------------------------------------------

async function next() {
  const skip = state.skipped.map((id) => `&skip=${encodeURIComponent(id)}`).join("");
  const found = await send(`next?document=${encodeURIComponent(state.document)}${skip}`);
  state.shown = found;
  show(found);
}

function limits(item) {
  const words = item.modality === "asserted" ? [] : [item.modality];
  for (const every of Object.values(item.qualifiers)) words.push(...every);
  return words.join(" · ");
}

function claim(item) {
  const verb = item.predicate.split(/[#/]/).pop().replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return make("p", { class: "claim", id: "claim" },
    make("span", {}, item.parts.subject), " ",
    item.polarity === "negative" ? make("span", { class: "denied" }, "not ") : null,
    make("span", { class: "verb" }, verb), " ", make("span", {}, item.parts.object),
    limits(item) ? make("span", { class: "limits" }, limits(item)) : null);
}

// Lines that were only wrapped flow again; items of lists keep theirs.
const flowing = (text) => text.replace(/\n(?!\s*(?:[-*•]|\n))/g, " ");

function passage(item) {
  const start = item.before.lastIndexOf("\n\n");
  const before = flowing(start < 0 ? item.before : item.before.slice(start + 2)).trimStart();
  const end = item.after.indexOf("\n\n");
  return make("div", { class: "passage", tabindex: "0", role: "region", "aria-label": "The passage" },
    make("div", { class: "place" }, make("span", {}, item.heading ? `§ ${item.heading}` : `characters ${item.start} to ${item.end}`),
      make("span", { class: item.sure ? "sure" : "unsure" }, item.sure ? "sure" : "unsure")),
    make("span", { class: "around" }, before), make("mark", {}, flowing(item.quote)),
    make("span", { class: "around" }, flowing(end < 0 ? item.after : item.after.slice(0, end))));
}

function near(item) {
  const same = item.same ? make("li", {}, `${item.same} more passage${item.same > 1 ? "s" : ""} of this document say${item.same > 1 ? "" : "s"} the same; your decision to accept counts for all.`) : null;
  if (!item.near.length && !same) return null;
  return make("div", { class: "near" }, make("h2", {}, "What is known already"), make("ul", {}, ...item.near.map((other) => make("li", {},
    make("span", {}, other.text), " ", make("span", { class: `kind ${other.kind}` }, other.kind), " ",
    make("span", { class: "quiet" }, [other.identifier, other.document].filter(Boolean).join(" · ")))), same));
}

function show(found) {
  const item = found.suggestion;
  $("desk").hidden = false;
  if (!item) {
    $("desk").replaceChildren(make("p", { class: "box" }, found.waiting
      ? `${found.waiting} put off for later. ` : "Everything in this document is decided. ",
    found.waiting ? make("button", { type: "button", class: "chip", onclick: () => open(state.document) }, "Look at them again") : null));
    return;
  }
  const action = (label, key, run, main) => make("button", { type: "button", class: main ? "main" : "", "aria-keyshortcuts": key, onclick: run }, label, make("kbd", { "aria-hidden": "true" }, key));
  $("desk").replaceChildren(make("article", { class: "box card" },
    passage(item),
    make("div", {}, claim(item), item.reasons.length ? make("ul", { class: "reasons" }, ...item.reasons.map((text) => make("li", {}, text))) : null),
    near(item),
    make("div", { class: "actions", id: "actions" },
      action("Accept", "a", () => decide("accepted"), true), action("Edit", "e", startEdit),
      action("Reject", "r", () => decide("rejected")), action("Later", "l", () => decide("later")))));
  say(`${item.parts.subject} ${item.polarity === "negative" ? "not " : ""}${item.parts.predicate} ${item.parts.object}. ${found.waiting} to decide.`);
}

function startEdit() {
  const { suggestion: item, predicates, modalities } = state.shown;
  if (!item || $("edit")) return;
  const field = (name, input) => [make("label", { for: `edit-${name}` }, capital(name)), input];
  const text = (name, list) => make("input", { id: `edit-${name}`, type: "text", maxlength: "400", value: item.parts[name], required: "", list: list ?? null });
  const choice = (name, options) => make("select", { id: `edit-${name}` }, ...options.map((option) => make("option", { value: option, selected: option === item.parts[name] ? "" : false }, option)));
  const form = make("form", { class: "edit", id: "edit", onsubmit: (event) => { event.preventDefault(); decide("accepted", changes()); } },
    ...field("subject", text("subject")), ...field("predicate", text("predicate", "predicates")), ...field("object", text("object")),
    ...field("polarity", choice("polarity", ["positive", "negative"])), ...field("modality", choice("modality", modalities)),
    make("datalist", { id: "predicates" }, ...predicates.map((label) => make("option", { value: label }))),
    make("div", { class: "row" }, make("button", {}, "Accept as edited"), make("button", { type: "button", class: "chip", onclick: () => show(state.shown) }, "Cancel")));
  $("actions").replaceWith(form);
  $("edit-subject").focus();
}

function changes() {
  const found = {};
  for (const [name, was] of Object.entries(state.shown.suggestion.parts)) {
    const now = $(`edit-${name}`).value.trim();
    if (now !== was) found[name] = now;
  }
  return found;
}

async function decide(decision, edits = {}) {
  const item = state.shown?.suggestion;
  if (!item) return;
  await run(async () => {
    const by = $("by").value.trim() || "page";
    const { decided } = await send("decide", { document: state.document, id: item.id, state: decision, by, changes: edits });
    if (decision === "later") state.skipped.push(item.id);
    await next();
    await loadDocuments();
    const said = decided.claim ? `Accepted as ${decided.claim}` : capital(decision);
    say(`${said}.`);
    showLast(`${said}: ${item.parts.subject} ${item.polarity === "negative" ? "not " : ""}${item.parts.predicate} ${item.parts.object}`);
  });
}

function showLast(text) {
  $("last").hidden = !text;
  $("last-said").textContent = text;
}

async function takeBack() {
  if ($("last").hidden) return;
  await run(async () => {
    const { decided } = await send("back", {});
    state.skipped = state.skipped.filter((id) => id !== decided.id);
    showLast("");
    await next();
    await loadDocuments();
    say("Taken back.");
  });
}

async function run(work) {
  if (state.busy) return;
  state.busy = true;
  document.body.setAttribute("aria-busy", "true");
  for (const button of document.querySelectorAll("main button")) button.disabled = true;
  try {
    problem("");
    await work();
  } catch (error) {
    problem(error.message);
  } finally {
    state.busy = false;
    document.body.removeAttribute("aria-busy");
    for (const button of document.querySelectorAll("main button")) button.disabled = false;
  }
}

// --- the page ------------------------------------------------------------------------------------------------

const KEYS = { a: () => decide("accepted"), e: startEdit, r: () => decide("rejected"), l: () => decide("later"), u: takeBack };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape" && $("edit")) { show(state.shown); return; }
  if (event.target.closest("input, select, textarea") || $("edit") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

$("back").addEventListener("click", takeBack);

$("publish").addEventListener("click", () => run(async () => {
  say("Publishing …");
  const { statements } = await send("publish", {});
  showLast("");
  await loadDocuments();
  say(`Published: ${statements.toLocaleString("en")} statements.`);
}));

$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("kgq-token", $("token").value.trim());
  start();
});

$("by").value = localStorage.getItem("kgq-by") ?? "page";
$("by").addEventListener("change", () => localStorage.setItem("kgq-by", $("by").value.trim()));

function start() {
  return run(async () => {
    const documents = await loadDocuments();
    const first = documents.find((found) => found.waiting) ?? documents[0];
    if (first) { state.document = first.name; await next(); await loadDocuments(); }
  });
}

start();
