// The query page with a script: an editor that knows the graph, results without leaving the page, a clock, and a
// cancel that ends the query on the server too. Without it, the form and the server's own tables do the work.
"use strict";
(() => {
  const form = document.querySelector("form.query");
  if (!form || !window.Yasqe) return;
  const endpoint = form.getAttribute("action");
  const root = endpoint.replace(/\/sparql$/, "");
  const area = form.elements.query;
  const { Yasqe } = window;
  const prefixes = JSON.parse(document.getElementById("prefixes").textContent);
  const byId = (id) => document.getElementById(id);

  // Completion from what the graph says of itself.
  let terms = null;
  const vocabulary = async () => {
    if (!terms) {
      const response = await fetch(`${root}/.well-known/void?format=jsonld`);
      const found = response.ok ? await response.json() : [];
      const nodes = Array.isArray(found) ? found : found["@graph"] || [];
      const all = (name) => [...new Set(nodes.flatMap((node) => (node[`http://rdfs.org/ns/void#${name}`] || []).map((value) => value["@id"])))].sort();
      terms = { class: all("class"), property: all("property") };
    }
    return terms;
  };
  const completer = (kind) => async (_yasqe, token) => {
    const typed = (token && token.autocompletionString) || "";
    return (await vocabulary())[kind].filter((iri) => iri.startsWith(typed)).slice(0, 100);
  };
  Yasqe.forkAutocompleter("class", { name: "class-of-graph", get: completer("class"), bulk: false, persistenceId: null });
  Yasqe.forkAutocompleter("property", { name: "property-of-graph", get: completer("property"), bulk: false, persistenceId: null });
  Yasqe.forkAutocompleter("prefixes", {
    name: "prefixes-of-graph", bulk: true, persistenceId: null,
    get: () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`),
  });

  const place = document.createElement("div");
  place.className = "editor";
  area.before(place);
  const yasqe = new Yasqe(place, {
    value: area.value,
    persistenceId: null,
    autocompleters: ["prefixes-of-graph", "class-of-graph", "property-of-graph", "variables"],
    createShareableLink: () => permalink(),
    consumeShareLink: null,
    showQueryButton: false,
    resizeable: false,
    prefixCcApi: null,
    requestConfig: { endpoint },
    screenReaderLabel: "Query",
    extraKeys: {
      "Ctrl-Enter": () => run(), "Cmd-Enter": () => run(), "Ctrl-Space": () => yasqe.autocomplete(),
      Esc: () => { byId("run").focus(); },  // so that the keyboard gets out: Tab indents
      Tab: false, "Shift-Tab": false,
    },
  });
  const starter = "SELECT ?visitor ?host ?time WHERE {\n  ?visit a dg:Visit ;\n    dg:visitor ?visitor ;\n    dg:hostState ?host ;\n    dg:time ?time .\n}\nORDER BY ?time\n";
  if (/^(\s*PREFIX[^\n]*\n)*\s*$/.test(area.value)) yasqe.setValue(`${area.value.trimEnd()}\n${starter}`);
  yasqe.collapsePrefixes(true);
  area.hidden = true;
  form.querySelector('label[for="query"]').hidden = true;
  for (const element of document.querySelectorAll(".with-script")) element.hidden = false;
  const format = form.elements.format;
  if (format) format.closest("p").hidden = true;

  // Results.
  const MOST = 2000; // rows in the table; the downloads have all
  const short = (iri) => {
    const known = Object.entries(prefixes).filter(([, namespace]) => iri.startsWith(namespace)).sort((one, other) => other[1].length - one[1].length)[0];
    return known && /^[\w.-]+$/.test(iri.slice(known[1].length)) ? `${known[0]}:${iri.slice(known[1].length)}` : iri.replace("https://w3id.org/diplograph/", "");
  };
  const address = (iri) => {
    const base = "https://w3id.org/diplograph/";
    if (iri.startsWith(base)) return `${root}/${encodeURI(iri.slice(base.length)).replaceAll("?", "%3F")}`;
    return /^https?:/.test(iri) ? iri : null;
  };
  const make = (name, text = "", attributes = {}) => {
    const element = Object.assign(document.createElement(name), { textContent: text });
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    return element;
  };
  const cell = (term) => {
    const shown = make("td");
    if (!term) return shown;
    const target = term.type === "uri" ? address(term.value) : null;
    if (target) shown.append(make("a", short(term.value), { href: target, title: term.value }));
    else shown.append(make("span", term.value, term["xml:lang"] ? { lang: term["xml:lang"] } : {}));
    if (term.datatype && !term.datatype.endsWith("#string")) shown.append(" ", make("small", short(term.datatype)));
    return shown;
  };
  const table = ({ head, results }) => {
    const shown = make("table");
    const names = make("tr");
    names.append(...head.vars.map((name) => make("th", name, { scope: "col" })));
    shown.createTHead().append(names);
    shown.createTBody().append(...results.bindings.slice(0, MOST).map((row) => {
      const line = make("tr");
      line.append(...head.vars.map((name) => cell(row[name])));
      return line;
    }));
    const frame = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answer" });
    frame.append(shown);
    return frame;
  };
  const results = (type, body) => {
    if (!type.includes("json")) return [make("pre", body, { tabindex: "0" })];
    const found = JSON.parse(body);
    if ("boolean" in found) return [make("p", found.boolean ? "yes" : "no", { class: "answer" })];
    const rest = found.results.bindings.length - MOST;
    const note = rest > 0 ? [make("p", `${rest.toLocaleString("en")} more rows are in the downloads.`)] : [];
    return [...timeline(found), table(found), ...note];
  };

  // Rows with a date, drawn along an axis of years; a row's mark names what stands in its other columns.
  const timeline = ({ head, results: { bindings } }) => {
    const isDate = (term) => term && /#date|edtf\/EDTF$/.test(term.datatype || "") && /\d{4}/.test(term.value);
    const when = head.vars.find((name) => bindings.some((row) => isDate(row[name])));
    const dated = bindings.slice(0, 400).filter((row) => isDate(row[when]));
    if (!when || dated.length < 2) return [];
    const year = (row) => Number(row[when].value.match(/\d{4}/)[0]) + (Number((row[when].value.match(/\d{4}-(\d\d)/) || [])[1] || 1) - 1) / 12;
    const [first, last] = [Math.floor(Math.min(...dated.map(year))), Math.ceil(Math.max(...dated.map(year))) + 1];
    const svg = (name, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
      return element;
    };
    const place = (moment) => 20 + (960 * (moment - first)) / (last - first);
    const heights = new Map();
    const marks = dated.map((row) => {
      const x = Math.round(place(year(row)) / 12) * 12;
      const level = heights.get(x) || 0;
      heights.set(x, level + 1);
      const mark = svg("circle", { class: "dot", cx: x, cy: 12 + level * 12, r: 5 });
      const title = svg("title", {});
      title.textContent = head.vars.map((name) => row[name] && short(row[name].value)).filter(Boolean).join(" · ");
      mark.append(title);
      return mark;
    });
    const bottom = 12 * Math.max(...heights.values()) + 14;
    const step = [1, 2, 5, 10, 20, 50, 100].find((years) => (last - first) / years <= 14) || 100;
    const drawing = svg("svg", { viewBox: `0 0 1000 ${bottom + 22}`, class: "result-timeline", role: "img", "aria-label": `The rows by ${when}; the table below says the same` });
    for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) {
      drawing.append(svg("line", { class: "grid", x1: place(tick), x2: place(tick), y1: 0, y2: bottom }));
      const label = svg("text", { class: "year", x: place(tick), y: bottom + 15 });
      label.textContent = tick;
      drawing.append(label);
    }
    drawing.append(...marks);
    return [drawing];
  };

  // Running.
  let running = null;
  const status = (text) => { byId("status").textContent = text; };
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const isGraph = () => ["CONSTRUCT", "DESCRIBE"].includes(yasqe.getQueryType());
  const permalink = () => {
    const query = new URLSearchParams({ query: yasqe.getValue(), format: "html" });
    return `${location.origin}${endpoint}?${query}`;
  };

  async function run() {
    if (running) return;
    const query = yasqe.getValue();
    const since = performance.now();
    const mine = { aborter: new AbortController(), query };
    running = mine;
    toggle(true);
    const clock = setInterval(() => status(`running, ${seconds(since)}`), 100);
    try {
      const response = await fetch(endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/sparql-query",
          Accept: isGraph() ? "text/turtle" : "application/sparql-results+json, application/problem+json;q=0.5",
        },
        body: query,
        signal: mine.aborter.signal,
      });
      const body = await response.text();
      if (mine.canceled) status(`canceled after ${seconds(since)}`);
      else show(response, body, performance.now() - since);
    } catch (error) {
      status(error.name === "AbortError" ? `canceled after ${seconds(since)}` : `no answer: ${error.message}`);
    } finally {
      clearInterval(clock);
      running = null;
      toggle(false);
    }
  }

  function show(response, body, duration) {
    const took = duration < 1000 ? `${Math.round(duration)} ms` : `${(duration / 1000).toFixed(2)} s`;
    byId("server-results")?.remove();
    if (!response.ok) {
      problem(body, response, took);
      return;
    }
    byId("problem").hidden = true;
    const type = response.headers.get("Content-Type") || "";
    byId("results").replaceChildren(...results(type, body));
    byId("results").hidden = false;
    status(`${size(type, body)} in ${took}`);
    if (permalink() !== location.href) history.pushState(null, "", permalink());
    takeAway();
  }

  const size = (type, body) => {
    if (!type.includes("json")) return `${body.length.toLocaleString("en")} characters`;
    const found = JSON.parse(body);
    if ("boolean" in found) return found.boolean ? "yes" : "no";
    const rows = found.results.bindings.length;
    return `${rows.toLocaleString("en")} row${rows === 1 ? "" : "s"}`;
  };

  const problem = (body, response, took) => {
    const shown = byId("problem");
    let detail = body;
    try {
      const found = JSON.parse(body);
      detail = found.excerpt ? `${found.detail}\n\n${found.excerpt}` : found.detail;
      if (found.line) yasqe.getDoc().setCursor({ line: found.line - 1, ch: found.column - 1 });
    } catch { /* no problem document: show it as it is */ }
    shown.textContent = detail;
    shown.hidden = false;
    byId("results").hidden = true;
    status(`${response.status} after ${took}`);
  };

  const toggle = (busy) => {
    byId("run").disabled = busy;
    byId("cancel").hidden = !busy;
  };

  // Ending a query: hang up, which the server notices, and tell it as well.
  async function cancel() {
    if (!running) return;
    const { aborter, query } = running;
    running.canceled = true;
    try {
      const listed = await fetch(`${root}/queries`, { headers: { Accept: "application/json" } });
      const mine = listed.ok ? (await listed.json()).filter((each) => each.query === query) : [];
      await Promise.all(mine.map((each) => fetch(`${root}/queries/${encodeURIComponent(each.id)}`, { method: "DELETE" })));
    } finally {
      aborter.abort();
    }
  }

  // To take away: the same query for other programs, and its answer as a file.
  const code = {
    curl: (query) => `curl ${location.origin}${endpoint} -H 'Accept: text/csv' \\\n  --data-urlencode query='${query.replaceAll("'", "'\\''")}'`,
    Python: (query) => `import io\nimport urllib.parse\nimport urllib.request\n\nimport pandas\n\nquery = ${JSON.stringify(query)}\nurl = "${location.origin}${endpoint}?" + urllib.parse.urlencode({"query": query, "format": "csv"})\nwith urllib.request.urlopen(url) as answer:\n    table = pandas.read_csv(io.BytesIO(answer.read()))\nprint(table)`,
    R: (query) => `query <- ${JSON.stringify(query)}\nurl <- paste0("${location.origin}${endpoint}?format=csv&query=", URLencode(query, reserved = TRUE))\ntable <- read.csv(url)\nprint(table)`,
  };

  function takeAway() {
    const query = yasqe.getValue();
    byId("permalink").href = permalink();
    const formats = isGraph() ? ["ttl", "nt", "jsonld", "rdf"] : ["csv", "tsv", "json", "xml"];
    byId("downloads").replaceChildren(...formats.map((name) => {
      const link = document.createElement("a");
      link.href = `${endpoint}?${new URLSearchParams({ query, format: name })}`;
      link.download = `answer.${name}`;
      link.textContent = name;
      return link;
    }));
    for (const [language, write] of Object.entries(code)) byId(`code-${language}`).textContent = write(query);
  }

  async function copy(button) {
    const text = byId(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      status("copied");
    } catch {
      getSelection().selectAllChildren(byId(button.dataset.copy));
      status("selected; copy it with Ctrl+C");
    }
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
  byId("run").addEventListener("click", run);
  byId("cancel").addEventListener("click", cancel);
  for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button));
  byId("take-away").addEventListener("toggle", takeAway);
  addEventListener("popstate", () => location.reload());

  // Examples: found by their words, put into the editor.
  const filter = byId("filter");
  const examples = [...document.querySelectorAll(".questions li")];
  filter?.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const example of examples) {
      const text = `${example.closest("section").querySelector("h3").textContent} ${example.textContent}`.toLowerCase();
      example.hidden = !words.every((word) => text.includes(word));
    }
    for (const section of document.querySelectorAll(".questions")) section.hidden = !section.querySelector("li:not([hidden])");
  });
  for (const example of examples) {
    example.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      yasqe.setValue(example.querySelector('[name="query"]').value);
      place.scrollIntoView({ block: "center" });
      run();
    });
  }
})();
