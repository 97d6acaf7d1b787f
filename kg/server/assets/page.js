// The page: asks the JSON API and shows what it says. Text from the graph only ever becomes text nodes.

const ROOT = new URL("..", import.meta.url).pathname.slice(0, -1);  // a proxy may serve this below a path
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
const say = (text) => { $("status").textContent = text; };  // for those who hear the page
const problem = (text) => make("div", { class: "box bad", role: "alert" }, text.charAt(0).toUpperCase() + text.slice(1));
const chip = (text, action) => make("button", { type: "button", class: "chip", onclick: action }, text);
const entityLink = (label, iri) => make("a", { href: ROOT + "/entity/" + encodeURIComponent(iri ?? label) }, label);

async function get(path, accept = "application/json") {
  const response = await fetch(ROOT + path, { headers: { accept } });
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
    make("span", { class: "quiet" }, step.label ? `${step.label}: ` : `by the rule ${String(step.rule).split("/").pop()}: `),
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
  const said = String(item.text ?? "").toLowerCase();
  if (item.polarity === "negative") words.push("denied");
  if (item.modality && item.modality !== "asserted") words.push(item.modality);
  if (item.scenario) words.push(`in ${String(item.scenario).split("/").pop()}`);
  for (const [name, values] of Object.entries(item.qualifiers ?? {})) {
    const left = [].concat(values).filter((value) => !said.includes(String(value).toLowerCase()));
    if (left.length) words.push(`${name}: ${left.join(", ")}`);
  }
  return make("span", { class: "quiet" }, words.length ? ` ${words.join(" · ")}` : "");
}

// What other claims say against a row.
function against(row) {
  return (row.disputed_by ?? []).map((claim) => make("details", { class: "against" },
    make("summary", {}, `But: ${claim.text}`), ...quotes(claim.evidence), proof(claim.because)));
}

function fact(row, open = true) {
  const cells = row.cells.flatMap((cell, at) => [
    at ? " · " : "",
    cell === null ? "–" : cell.iri ? entityLink(cell.value, cell.iri) : document.createTextNode(cell.value),
  ]);
  return make("div", { class: "fact" },
    make("span", { class: "what" }, ...cells), " ",
    make("span", { class: `kind ${row.kind}` }, row.kind), facets(row), ...grounds(row, open && row.kind === "stated"), ...against(row));
}

// The sentence of a claim, with links to what it speaks of; the page's own thing stays plain text.
function sentence(claim, here) {
  let parts = [claim.text];
  for (const iri of [claim.subject, claim.object]) {
    const label = claim.labels?.[iri];
    if (!iri || !label || iri === here) continue;
    const at = parts.findIndex((part) => typeof part === "string" && part.includes(label));
    if (at < 0) continue;
    const start = parts[at].indexOf(label);
    parts.splice(at, 1, parts[at].slice(0, start), entityLink(label, iri), parts[at].slice(start + label.length));
  }
  return make("span", { class: "what" }, ...parts);
}

function alsoKnown(rest) {
  const counted = {};
  for (const claim of rest) counted[claim.kind] = (counted[claim.kind] ?? 0) + 1;
  const words = Object.entries(counted).map(([kind, many]) => (many > 1 ? `${kind} ${many} times` : `${kind} once`));
  return words.length ? make("span", { class: "quiet" }, `The same is also ${words.join(" and ")}.`) : null;
}

function claimGroup(group, here) {
  const [first, ...rest] = group;
  return make("div", { class: "fact" },
    sentence(first, here), " ",
    make("span", { class: `kind ${first.kind}` }, first.kind), facets(first),
    ...grounds({ ...first, evidence: group.flatMap((claim) => claim.evidence ?? []) }),
    alsoKnown(rest));
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
  if (found.disputed) return "Disputed.";
  if (found.boolean === true) return "Yes.";
  if (found.boolean === false) return "No.";
  return found.paraphrase || found.question;
}

// Readings that sound alike are told apart by what only one of them names.
function told(reading, all) {
  const others = all.filter((other) => other !== reading);
  if (!others.some((other) => other.paraphrase === reading.paraphrase)) return reading.paraphrase;
  const own = [...new Set(reading.sparql.match(/<[^>\s]+>/g) ?? [])].filter((iri) => !others.every((other) => other.sparql.includes(iri)));
  const names = own.map((iri) => iri.slice(1, -1).replace(/[#/]$/, "").split(/[#/]/).pop());
  return names.length ? `${reading.paraphrase} (${names.join(", ")})` : reading.paraphrase;
}

function answerBox(found) {
  const tone = { answered: "", not_stated: " note", ambiguous: " note" }[found.status] ?? " bad";
  const box = make("div", { class: `box${tone}` },
    make("p", { class: "verdict" }, make("strong", {}, verdict(found))),
    found.paraphrase && verdict(found) !== found.paraphrase ? make("p", { class: "quiet" }, found.paraphrase) : null,
    found.error ? make("p", {}, found.error.message) : null,
    found.uncovered?.length ? make("p", {}, `${found.explanation?.[0]?.startsWith("each of these words is known") ? "The graph knows each of these words, but nothing joins" : "The graph has no meaning for"} “${found.uncovered.map((part) => part.text ?? part).join("”, “")}”, so nothing is guessed. Ask in other words, or try one of the questions below.`) : null,
    ...found.rows.slice(0, 200).map((row, at) => fact(row, at < 3)),
    found.rows.length > 200 ? make("p", { class: "quiet" }, `The first 200 of ${found.rows.length.toLocaleString("en")} are shown.`) : null,
    found.explanation?.length ? make("details", {}, make("summary", {}, "How it was understood"), ...found.explanation.map((line) => make("div", { class: "quiet" }, line))) : null);
  if (found.readings?.length) {
    box.append(make("p", {}, "Did you mean"), make("div", { class: "chips" }, ...found.readings.map((reading, at) =>
      chip(told(reading, found.readings), () => go(`ask.${at}=${encodeURIComponent(found.question)}`)))));
  }
  if (found.suggestions?.length) {
    box.append(make("p", {}, "Words it knows that are near"), make("div", { class: "chips" }, ...found.suggestions.map((text) =>
      chip(text.text ?? text, () => go("ask=" + encodeURIComponent(text.text ?? text))))));
  }
  if (found.related?.length) {
    box.append(make("details", { open: "" }, make("summary", {}, "What it does say nearby"), ...found.related.slice(0, 50).map((row) => fact(row, false))));
  }
  return box;
}

async function ask(question, reading) {
  $("question").value = question;
  document.title = question ? `${question} – kgq` : "kgq";
  if (!question) { show($("answer")); $("examples").hidden = false; return; }
  show($("answer"), make("p", { class: "quiet" }, "Asking …"));
  const include = ($("background").checked ? "&include=stated,inferred,background" : "") + (reading ? `&reading=${reading}` : "");
  try {
    $("examples").hidden = true;
    const found = await get(`/ask?q=${encodeURIComponent(question)}${include}`);
    $("examples").hidden = found.status === "answered";
    say(found.status === "answered" && found.rows.length ? `${verdict(found)} ${found.rows.length} found.` : verdict(found));
    show($("answer"), answerBox(found),
      found.sparql ? make("details", {}, make("summary", {}, "SPARQL"), make("pre", {}, found.sparql),
        chip("Edit and run", () => runSparql(found.sparql))) : null,
      found.status === "answered" && found.rows.length
        ? make("details", { ontoggle: (event) => event.target.open && event.target.querySelector("iframe") === null && event.target.append(mapFrame(`q=${encodeURIComponent(question)}`)) },
          make("summary", {}, "Map of this answer")) : null);
  } catch (error) { show($("answer"), problem(error.message)); $("examples").hidden = false; }
}

// --- SPARQL --------------------------------------------------------------------------------------------------

const FIRST = "SELECT ?class (COUNT(?thing) AS ?things)\nWHERE { ?thing a ?class }\nGROUP BY ?class\nORDER BY DESC(?things)\nLIMIT 50";

const PROPERTIES = "SELECT ?property (COUNT(*) AS ?uses)\nWHERE { ?s ?property ?o }\nGROUP BY ?property\nORDER BY DESC(?uses)\nLIMIT 50";
const CLAIMS = "SELECT ?subject ?property ?object ?quote\nWHERE {\n  ?claim a kgq:StatedClaim ;\n    kgq:claimSubject ?subject ; kgq:claimPredicate ?property ; kgq:claimObject ?object ;\n    kgq:hasEvidence/oa:hasSelector/oa:exact ?quote .\n}\nORDER BY ?subject\nLIMIT 50";

async function offerQueries() {
  if ($("queries").childElementCount) return;
  const { claims } = await get("/claims?limit=1").catch(() => ({ claims: [] }));
  const offered = { "Classes": FIRST, "Properties": PROPERTIES, ...(claims.length ? { "Claims with their quotes": CLAIMS } : {}) };
  show($("queries"), make("div", { class: "chips" }, ...Object.entries(offered).map(([name, text]) => chip(name, () => runSparql(text)))));
}

function runSparql(text) { go("sparql=" + encodeURIComponent(text)); }

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
  fitEditor();
  const { prefixes } = await getOverview();
  const started = performance.now();
  try {
    const response = await fetch(ROOT + "/sparql", { method: "POST", body: text,
      headers: { "content-type": "application/sparql-query", accept: "application/sparql-results+json, text/turtle;q=0.9" } });
    if (!response.ok) {
      const message = (await response.text()).trim();
      pointAt(message);
      throw new Error(message);
    }
    const time = `${Math.round(performance.now() - started)} ms`;
    if (!response.headers.get("content-type").includes("json")) {
      const turtle = await response.text();
      const cut = turtle.length > 500000 ? "; the first part is shown, the download has all" : "";
      show($("results"), downloads(GRAPHS, text), make("p", { class: "quiet" }, `${time}${cut}`), make("pre", {}, turtle.slice(0, 500000)));
      say("The graph is shown.");
      return;
    }
    const found = await response.json();
    if ("boolean" in found) { show($("results"), make("p", { class: "box verdict" }, String(found.boolean)), make("p", { class: "quiet" }, time)); return; }
    const rows = found.results.bindings;
    const names = found.head.vars;
    const more = rows.length > 1000 ? "; the first 1,000 are shown, the download has all" : "";
    say(`${rows.length} rows.`);
    if (!rows.length) { show($("results"), make("div", { class: "box note" }, `No rows match, in ${time}.`)); return; }
    show($("results"), downloads(ROWS, text), make("p", { class: "quiet" }, `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"} in ${time}${more}`),
      make("div", { class: "scroll box", tabindex: "0", role: "region", "aria-label": "Results" }, make("table", {},
        make("thead", {}, make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...rows.slice(0, 1000).map((row) => make("tr", {}, ...names.map((name) => make("td", {}, cell(row[name], prefixes)))))))));
  } catch (error) { show($("results"), problem(error instanceof TypeError ? "The transfer broke off: the result is too large or took too long." : error.message)); }
}

const ROWS = { CSV: ["text/csv", "csv"], TSV: ["text/tab-separated-values", "tsv"], JSON: ["application/sparql-results+json", "json"], XML: ["application/sparql-results+xml", "xml"] };
const GRAPHS = { Turtle: ["text/turtle", "ttl"], "N-Triples": ["application/n-triples", "nt"], "JSON-LD": ["application/ld+json", "jsonld"], "RDF/XML": ["application/rdf+xml", "rdf"] };

// The buttons belong to the result: they fetch the query it came from, whatever the editor holds by now.
function downloads(formats, text) {
  return make("div", { class: "chips", role: "group", "aria-label": "Download" }, make("span", { class: "quiet" }, "Download"),
    ...Object.entries(formats).map(([name, [accept, ending]]) => chip(name, () => download(text, accept, ending))));
}

async function download(text, accept, ending) {
  try {
    const response = await fetch(ROOT + "/sparql", { method: "POST", body: text, headers: { "content-type": "application/sparql-query", accept } });
    if (!response.ok) throw new Error((await response.text()).trim());
    const link = make("a", { href: URL.createObjectURL(await response.blob()), download: `results.${ending}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  } catch (error) { $("results").prepend(problem(error.message)); }
}

function fitEditor() {
  const editor = $("sparql-text");
  editor.rows = 6;
  while (editor.rows < 24 && editor.scrollHeight > editor.clientHeight) editor.rows += 1;
}

// Puts the cursor where the text of an error says that the query breaks.
function pointAt(message) {
  const place = /line (\d+), column (\d+)/.exec(message);
  if (!place) return;
  const lines = $("sparql-text").value.split("\n");
  const start = lines.slice(0, place[1] - 1).reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
  $("sparql-text").focus({ preventScroll: true });
  $("sparql-text").setSelectionRange(start, $("sparql-text").value.length > start ? start + 1 : start);
}

// --- browsing ------------------------------------------------------------------------------------------------

function section(title, ...nodes) {
  return nodes.length ? make("section", {}, make("h2", {}, title), make("div", { class: "box" }, ...nodes)) : null;
}

function mapFrame(query) {
  return make("iframe", { src: `${ROOT}/map?${query}`, title: "Map", sandbox: "allow-scripts allow-downloads", loading: "lazy" });
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
      section("What is said of it", ...found.claims.map((group) => claimGroup(group, found.iri))),
      section("Where it is mentioned", ...found.mentions.map((group) => claimGroup(group, found.iri))),
      found.instances.length ? section("Things of this class", make("p", {}, ...list(found.instances))) : null,
      section("Properties", ...found.properties.map((item) => make("div", { class: "fact" }, make("span", { class: "quiet" }, `${item.property.label}: `), item.iri ? entityLink(item.value, item.iri) : item.value))),
      section("References to it", ...found.references.map((item) => make("div", { class: "fact" }, entityLink(item.thing.label, item.thing.iri), make("span", { class: "quiet" }, ` ${item.property.label}`)))),
      found.claims.length + found.mentions.length ? make("details", { ontoggle: (event) => event.target.open && event.target.querySelector("iframe") === null && event.target.append(mapFrame(`entity=${encodeURIComponent(found.iri)}`)) }, make("summary", {}, "Map around it")) : null);
  } catch (error) {
    $("find").value = name;
    show($("entity"), problem(error.message));
    await find(name);
  }
}

async function find(text) {
  try {
    const { hits } = await get("/search?limit=20&q=" + encodeURIComponent(text));
    const names = hits.filter((hit) => hit.kind === "name");
    const said = hits.filter((hit) => hit.kind === "quote");
    say(`${names.length} names and ${said.length} quotes.`);
    $("entity").append(...[
      section("Names", ...names.map((hit) => make("div", { class: "fact" }, entityLink(hit.label || hit.text, hit.iri), hit.text !== hit.label ? make("span", { class: "quiet" }, ` ${hit.text}`) : null))),
      section("Quotes", ...said.map((hit) => make("div", { class: "fact" }, ...quotes([{ quote: hit.text, heading: hit.heading }])))),
      hits.length ? null : problem(`Nothing is called “${text}”.`)].filter(Boolean));
  } catch (error) { $("entity").append(problem(error.message)); }
}

async function startBrowsing() {
  const { classes } = await getOverview();
  show($("entity"), section("Kinds of things", make("div", { class: "chips" }, ...classes.filter((kind) => kind.count).slice(0, 60).map((kind) =>
    make("a", { href: ROOT + "/entity/" + encodeURIComponent(kind.iri) }, `${kind.label} (${kind.count})`)))));
}

// --- which view ----------------------------------------------------------------------------------------------

async function route() {
  const path = location.pathname;
  const [name, rest = ""] = decodeURIComponent(location.hash.slice(1)).split(/=(.*)/s);
  const view = path.startsWith(ROOT + "/entity/") ? "browse" : name === "find" ? "browse" : ["sparql", "browse", "map"].includes(name) ? name : "ask";
  const [, reading] = name.split(".");
  for (const id of ["ask", "sparql", "browse", "map"]) $(`view-${id}`).hidden = id !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  if (view !== "ask") document.title = `${{ sparql: "SPARQL", browse: "Browse", map: "Map" }[view]} – kgq`;
  if (view === "ask") {
    await ask(name.split(".")[0] === "ask" ? rest : "", reading);
    if (!rest && matchMedia("(pointer: fine)").matches) $("question").focus({ preventScroll: true });
  }
  if (view === "sparql") { offerQueries(); if (rest) await sparql(rest); else { $("sparql-text").value ||= FIRST; fitEditor(); } }
  if (view === "browse") {
    if (path.startsWith(ROOT + "/entity/")) await browse(decodeURIComponent(path.slice(ROOT.length + 8)));
    else if (name === "find" && rest) { $("browse-title").textContent = "Browse"; $("find").value = rest; show($("entity")); await find(rest); }
    else { $("browse-title").textContent = "Browse"; await startBrowsing(); }
  }
  if (view === "map" && !$("whole-map").src) $("whole-map").src = ROOT + "/map";
}

function go(hash) {
  if (location.pathname !== ROOT + "/") location.href = ROOT + "/#" + hash;
  else if (location.hash === "#" + hash) route();
  else location.hash = hash;
}

$("ask-form").addEventListener("submit", (event) => { event.preventDefault(); go("ask=" + encodeURIComponent($("question").value.trim())); });
$("background").addEventListener("change", () => $("question").value.trim() && ask($("question").value.trim()));
$("sparql-form").addEventListener("submit", (event) => { event.preventDefault(); go("sparql=" + encodeURIComponent($("sparql-text").value)); });
$("sparql-text").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("sparql-form").requestSubmit(); });
$("sparql-text").addEventListener("input", fitEditor);
$("find-form").addEventListener("submit", (event) => { event.preventDefault(); go("find=" + encodeURIComponent($("find").value.trim())); });
addEventListener("hashchange", route);

getOverview().then(({ examples, prefixes }) => {
  show($("examples"), examples.length ? make("div", { class: "chips" }, ...examples.slice(0, 8).map((text) => chip(text, () => go("ask=" + encodeURIComponent(text))))) : null);
  show($("prefixes"), make("pre", {}, Object.entries(prefixes).map(([name, iri]) => `${name}:  ${iri}`).join("\n")));
});
route();

get("/review/offered").then((found) => { $("to-review").hidden = !found.offered; }).catch(() => {});
