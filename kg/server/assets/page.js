// The page: asks the JSON API and shows what it says. Text from the graph only ever becomes text nodes.

const $ = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const show = (place, ...nodes) => place.replaceChildren(...nodes.filter(Boolean));
const problem = (text) => make("div", { class: "box bad", role: "alert" }, text);
const chip = (text, action) => make("button", { type: "button", class: "chip", onclick: action }, text);
const entityLink = (label, iri) => make("a", { href: "/entity/" + encodeURIComponent(iri ?? label) }, label);

async function get(path, accept = "application/json") {
  const response = await fetch(path, { headers: { accept } });
  if (!response.ok) throw new Error((await response.text()).trim() || `The server answered ${response.status}.`);
  return accept === "application/json" ? response.json() : response.text();
}

let overview;
async function getOverview() {
  overview ??= get("/overview").catch(() => ({ classes: [], properties: [], examples: [], prefixes: {} }));
  return overview;
}

// --- evidence ------------------------------------------------------------------------------------------------

function quotes(evidence) {
  return (evidence ?? []).map((found) => make("blockquote", {},
    make("q", {}, found.quote),
    make("footer", {}, [found.heading, Number.isInteger(found.start) ? `characters ${found.start} to ${found.end}` : ""].filter(Boolean).join(" · ")),
  ));
}

function proof(because) {
  if (!because?.length) return null;
  const steps = because.map((step) => make("li", {},
    make("span", { class: "quiet" }, `by the rule ${String(step.rule).split("/").pop()}: `),
    make("ul", { class: "tree" }, ...(step.premises ?? []).map((premise) => make("li", {},
      make("span", { class: `kind ${premise.kind}` }, premise.kind), " ", premise.text ?? premise.claim,
      ...quotes(premise.evidence), proof(premise.because) ?? "",
    ))),
  ));
  return make("details", {}, make("summary", {}, "Why"), make("ul", { class: "tree" }, ...steps));
}

function grounds(item, open = true) {
  const found = quotes(item.evidence);
  const many = found.length > 1 ? `${found.length} quotes` : "Quote";
  return [
    found.length ? make("details", open ? { open: "" } : {}, make("summary", {}, many), ...found) : null,
    proof(item.because),
  ].filter(Boolean);
}

function facets(item) {
  const words = [];
  if (item.polarity === "negative") words.push("denied");
  if (item.modality && item.modality !== "asserted") words.push(item.modality);
  if (item.scenario) words.push(`in ${String(item.scenario).split("/").pop()}`);
  for (const [name, values] of Object.entries(item.qualifiers ?? {})) words.push(`${name}: ${[].concat(values).join(", ")}`);
  return make("span", { class: "quiet" }, words.length ? ` ${words.join(" · ")}` : "");
}

function fact(row, open = true) {
  const cells = row.cells.flatMap((cell, at) => [
    at ? " · " : "",
    cell === null ? "–" : cell.iri ? entityLink(cell.value, cell.iri) : document.createTextNode(cell.value),
  ]);
  return make("div", { class: "fact" },
    make("span", { class: "what" }, ...cells), " ",
    make("span", { class: `kind ${row.kind}` }, row.kind), facets(row), ...grounds(row, open && row.kind === "stated"));
}

function claimGroup(group) {
  const [first, ...rest] = group;
  return make("div", { class: "fact" },
    make("span", { class: "what" }, first.text), " ",
    make("span", { class: `kind ${first.kind}` }, first.kind), facets(first),
    ...grounds({ ...first, evidence: group.flatMap((claim) => claim.evidence ?? []) }),
    rest.length ? make("span", { class: "quiet" }, `stated ${group.length} times`) : null);
}

// --- asking --------------------------------------------------------------------------------------------------

const VERDICTS = {
  not_stated: "The graph does not say.",
  ambiguous: "This can be read in more than one way.",
  not_understood: "Not understood.",
  error: "That did not work.",
};

function verdict(found) {
  if (found.status !== "answered") return VERDICTS[found.status] ?? found.status;
  if (found.boolean === true) return "Yes.";
  if (found.boolean === false) return "No.";
  return found.paraphrase || found.question;
}

function answerBox(found) {
  const box = make("div", { class: `box${found.status === "answered" ? "" : " bad"}` },
    make("p", { class: "verdict" }, make("strong", {}, verdict(found))),
    found.paraphrase && verdict(found) !== found.paraphrase ? make("p", { class: "quiet" }, found.paraphrase) : null,
    found.error ? make("p", {}, found.error.message) : null,
    found.uncovered?.length ? make("p", {}, `The graph has no meaning for “${found.uncovered.map((part) => part.text ?? part).join("”, “")}”, so nothing is guessed. Ask without it, or try one of the questions above.`) : null,
    ...found.rows.slice(0, 200).map((row, at) => fact(row, at < 3)),
    found.rows.length > 200 ? make("p", { class: "quiet" }, `The first 200 of ${found.rows.length.toLocaleString("en")} are shown.`) : null,
    found.explanation?.length ? make("details", {}, make("summary", {}, "How it was understood"), ...found.explanation.map((line) => make("div", { class: "quiet" }, line))) : null);
  if (found.readings?.length) {
    box.append(make("p", {}, "Did you mean"), make("div", { class: "chips" }, ...found.readings.map((reading) =>
      chip(reading.paraphrase, () => runSparql(reading.sparql)))));
  }
  if (found.suggestions?.length) {
    box.append(make("p", {}, "Did you mean"), make("div", { class: "chips" }, ...found.suggestions.map((text) =>
      chip(text.text ?? text, () => { location.hash = "ask=" + encodeURIComponent(text.text ?? text); }))));
  }
  if (found.related?.length) {
    box.append(make("details", { open: "" }, make("summary", {}, "What it does say nearby"), ...found.related.slice(0, 50).map((row) => fact(row, false))));
  }
  return box;
}

async function ask(question) {
  $("question").value = question;
  document.title = question ? `${question} – kgq` : "kgq";
  if (!question) { show($("answer")); $("examples").hidden = false; return; }
  show($("answer"), make("p", { class: "quiet" }, "Asking …"));
  const include = $("background").checked ? "&include=stated,inferred,background" : "";
  try {
    $("examples").hidden = true;
    const found = await get(`/ask?q=${encodeURIComponent(question)}${include}`);
    $("examples").hidden = found.status === "answered";
    show($("answer"), answerBox(found),
      found.sparql ? make("details", {}, make("summary", {}, "SPARQL"), make("pre", {}, found.sparql),
        chip("Edit and run", () => runSparql(found.sparql))) : null,
      found.status === "answered" && found.rows.length
        ? make("details", { ontoggle: (event) => event.target.open && event.target.querySelector("iframe") === null && event.target.append(mapFrame(`q=${encodeURIComponent(question)}`)) },
          make("summary", {}, "Map of this answer")) : null);
  } catch (error) { show($("answer"), problem(error.message)); }
}

// --- SPARQL --------------------------------------------------------------------------------------------------

const FIRST = "SELECT ?class (COUNT(?thing) AS ?things)\nWHERE { ?thing a ?class }\nGROUP BY ?class\nORDER BY DESC(?things)\nLIMIT 50";

function runSparql(text) { location.hash = "sparql=" + encodeURIComponent(text); }

function cell(term, prefixes) {
  if (!term) return "";
  if (term.type === "uri") {
    const [prefix, base] = Object.entries(prefixes).filter(([, iri]) => term.value.startsWith(iri)).sort((a, b) => b[1].length - a[1].length)[0] ?? [];
    return entityLink(prefix ? `${prefix}:${term.value.slice(base.length)}` : term.value, term.value);
  }
  return term.type === "triple" ? JSON.stringify(term.value) : term.value;
}

async function sparql(text) {
  $("sparql-text").value = text;
  show($("results"), make("p", { class: "quiet" }, "Running …"));
  const { prefixes } = await getOverview();
  const started = performance.now();
  try {
    const response = await fetch("/sparql", { method: "POST", body: text,
      headers: { "content-type": "application/sparql-query", accept: "application/sparql-results+json, text/turtle;q=0.9" } });
    if (!response.ok) throw new Error((await response.text()).trim());
    const time = `${Math.round(performance.now() - started)} ms`;
    if (!response.headers.get("content-type").includes("json")) {
      show($("results"), make("p", { class: "quiet" }, time), make("pre", {}, (await response.text()).slice(0, 500000)));
      return;
    }
    const found = await response.json();
    if ("boolean" in found) { show($("results"), make("p", { class: "box verdict" }, String(found.boolean)), make("p", { class: "quiet" }, time)); return; }
    const rows = found.results.bindings;
    const names = found.head.vars;
    const more = rows.length > 1000 ? "; the first 1,000 are shown, the download has all" : "";
    show($("results"), make("p", { class: "quiet" }, `${rows.length.toLocaleString("en")} rows in ${time}${more}`),
      make("div", { class: "scroll box", tabindex: "0", role: "region", "aria-label": "Results" }, make("table", {},
        make("thead", {}, make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...rows.slice(0, 1000).map((row) => make("tr", {}, ...names.map((name) => make("td", {}, cell(row[name], prefixes)))))))));
  } catch (error) { show($("results"), problem(error instanceof TypeError ? "The transfer broke off: the result is too large or took too long." : error.message)); }
}

async function download() {
  const accept = $("download").value;
  $("download").value = "";
  if (!accept) return;
  try {
    const response = await fetch("/sparql", { method: "POST", body: $("sparql-text").value, headers: { "content-type": "application/sparql-query", accept } });
    if (!response.ok) throw new Error((await response.text()).trim());
    const ending = { "text/csv": "csv", "text/tab-separated-values": "tsv", "text/turtle": "ttl" }[accept] ?? accept.split("+").pop();
    const link = make("a", { href: URL.createObjectURL(await response.blob()), download: `results.${ending}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  } catch (error) { show($("results"), problem(error.message)); }
}

// --- browsing ------------------------------------------------------------------------------------------------

function section(title, ...nodes) {
  return nodes.length ? make("section", {}, make("h2", {}, title), make("div", { class: "box" }, ...nodes)) : null;
}

function mapFrame(query) {
  return make("iframe", { src: `/map?${query}`, title: "Map", sandbox: "allow-scripts allow-downloads", loading: "lazy" });
}

async function browse(name) {
  show($("entity"), make("p", { class: "quiet" }, "Looking …"));
  try {
    const found = await get("/entity/" + encodeURIComponent(name));
    $("browse-title").textContent = found.label;
    document.title = `${found.label} – kgq`;
    const list = (items) => items.flatMap((item, at) => [at ? ", " : "", entityLink(item.label, item.iri)]);
    show($("entity"),
      make("p", { class: "quiet" }, found.curie ?? "", found.types.length ? " · " : "", ...list(found.types), found.aliases.length ? ` · also ${found.aliases.join(", ")}` : ""),
      found.definition ? make("p", {}, found.definition) : null, found.note ? make("p", { class: "quiet" }, found.note) : null,
      section("What is said of it", ...found.claims.map(claimGroup)),
      section("Where it is mentioned", ...found.mentions.map(claimGroup)),
      found.instances.length ? section("Things of this class", make("p", {}, ...list(found.instances))) : null,
      section("Properties", ...found.properties.map((item) => make("div", { class: "fact" }, make("span", { class: "quiet" }, `${item.property.label}: `), item.iri ? entityLink(item.value, item.iri) : item.value))),
      section("References to it", ...found.references.map((item) => make("div", { class: "fact" }, entityLink(item.thing.label, item.thing.iri), make("span", { class: "quiet" }, ` ${item.property.label}`)))),
      found.claims.length + found.mentions.length ? make("details", { ontoggle: (event) => event.target.open && event.target.querySelector("iframe") === null && event.target.append(mapFrame(`entity=${encodeURIComponent(found.iri)}`)) }, make("summary", {}, "Map around it")) : null);
  } catch (error) {
    show($("entity"), problem(error.message));
    find(name);
  }
}

async function find(text) {
  try {
    const { hits } = await get("/search?limit=20&q=" + encodeURIComponent(text));
    const names = hits.filter((hit) => hit.kind === "name");
    const said = hits.filter((hit) => hit.kind === "quote");
    $("entity").append(...[
      section("Names", ...names.map((hit) => make("div", { class: "fact" }, entityLink(hit.label || hit.text, hit.iri), hit.text !== hit.label ? make("span", { class: "quiet" }, ` ${hit.text}`) : null))),
      section("Quotes", ...said.map((hit) => make("div", { class: "fact" }, ...quotes([{ quote: hit.text, heading: hit.heading }])))),
      hits.length ? null : problem(`Nothing is called “${text}”.`)].filter(Boolean));
  } catch (error) { $("entity").append(problem(error.message)); }
}

async function startBrowsing() {
  const { classes } = await getOverview();
  show($("entity"), section("Kinds of things", make("div", { class: "chips" }, ...classes.filter((kind) => kind.count).slice(0, 60).map((kind) =>
    make("a", { href: "/entity/" + encodeURIComponent(kind.iri) }, `${kind.label} (${kind.count})`)))));
}

// --- which view ----------------------------------------------------------------------------------------------

async function route() {
  const path = location.pathname;
  const [name, rest = ""] = decodeURIComponent(location.hash.slice(1)).split(/=(.*)/s);
  const view = path.startsWith("/entity/") ? "browse" : ["sparql", "browse", "map"].includes(name) ? name : "ask";
  for (const id of ["ask", "sparql", "browse", "map"]) $(`view-${id}`).hidden = id !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  if (view === "ask") { await ask(name === "ask" ? rest : ""); $("question").focus({ preventScroll: true }); }
  if (view === "sparql") { if (rest) await sparql(rest); else $("sparql-text").value ||= FIRST; }
  if (view === "browse") { if (path.startsWith("/entity/")) await browse(decodeURIComponent(path.slice(8))); else await startBrowsing(); }
  if (view === "map" && !$("map").src) $("map").src = "/map";
}

function go(hash) {
  if (location.pathname !== "/") location.href = "/#" + hash;
  else if (location.hash === "#" + hash) route();
  else location.hash = hash;
}

$("ask-form").addEventListener("submit", (event) => { event.preventDefault(); go("ask=" + encodeURIComponent($("question").value.trim())); });
$("background").addEventListener("change", () => $("question").value.trim() && ask($("question").value.trim()));
$("sparql-form").addEventListener("submit", (event) => { event.preventDefault(); go("sparql=" + encodeURIComponent($("sparql-text").value)); });
$("sparql-text").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("sparql-form").requestSubmit(); });
$("download").addEventListener("change", download);
$("find-form").addEventListener("submit", (event) => { event.preventDefault(); show($("entity")); find($("find").value.trim()); });
addEventListener("hashchange", route);

getOverview().then(({ examples, prefixes }) => {
  show($("examples"), examples.length ? make("div", { class: "chips" }, ...examples.slice(0, 8).map((text) => chip(text, () => go("ask=" + encodeURIComponent(text))))) : null);
  show($("prefixes"), make("pre", {}, Object.entries(prefixes).map(([name, iri]) => `${name}:  ${iri}`).join("\n")));
});
route();
