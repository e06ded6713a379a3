// The query page with a script: an editor that knows the graph, answers without leaving the page, a clock, and a
// cancel that ends the query on the server too. Without it, the form and the server's own tables do the work.
import { answersIn, chosenView } from "./answers.js";
import { editorFor } from "./editor.js";
import { copy, takeAway } from "./taking.js";

const byId = (id) => document.getElementById(id);
const form = document.querySelector("form.query");

function start() {
  const endpoint = form.getAttribute("action");
  const root = endpoint.replace(/\/sparql$/, "");
  const area = form.elements.query;
  let running = null;
  let { search } = location;
  const status = (text) => { byId("status").textContent = text; };
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const permalink = () => `${location.origin}${endpoint}?${new URLSearchParams({ query: yasqe.getValue(), format: "html" })}${location.hash}`;
  const yasqe = editorFor(area, { root, endpoint, run: () => run(), leave: () => byId("run").focus(), permalink });
  const answers = answersIn(byId("results"), { root, endpoint, wanted: () => run() });
  const isGraph = () => ["CONSTRUCT", "DESCRIBE"].includes(yasqe.getQueryType());
  const offer = () => takeAway(yasqe.getValue(), { endpoint, permalink, isGraph: isGraph() });

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
          Accept: isGraph() ? "application/n-triples" : "application/sparql-results+json, application/problem+json;q=0.5",
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
    status(`${answers.take(response.headers.get("Content-Type") || "", body)} in ${took}`);
    if (permalink() !== location.href) history.pushState(null, "", permalink());
    search = location.search;
    byId("answer-tools").hidden = false;
    offer();
  }

  function problem(body, response, took) {
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
    byId("answer-tools").hidden = true;
    status(`${response.status} after ${took}`);
  }

  function toggle(busy) {
    byId("run").disabled = busy;
    byId("cancel").hidden = !busy;
  }

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

  form.querySelector('label[for="query"]').hidden = true;
  for (const element of document.querySelectorAll(".with-script")) element.hidden = false;
  form.elements.format?.closest("p").setAttribute("hidden", "");
  form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
  byId("run").addEventListener("click", run);
  byId("cancel").addEventListener("click", cancel);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => { offer(); copy(button, status); });
  }
  byId("take-away").addEventListener("toggle", offer);
  addEventListener("popstate", () => { if (location.search !== search) location.reload(); });
  examples(yasqe, run);
  if (document.querySelector("#server-results table, #server-results .answer")) {
    byId("answer-tools").hidden = false;
    offer();
    if (chosenView()) run();
    else if (document.querySelector("#server-results table")) answers.offer();
  }
}

// Examples: found by their words, put into the editor.
function examples(yasqe, run) {
  const filter = byId("filter");
  const listed = [...document.querySelectorAll(".questions li")];
  filter?.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const example of listed) {
      const text = `${example.closest("section").querySelector("h3").textContent} ${example.textContent}`.toLowerCase();
      example.hidden = !words.every((word) => text.includes(word));
    }
    for (const section of document.querySelectorAll(".questions")) section.hidden = !section.querySelector("li:not([hidden])");
  });
  for (const example of listed) {
    example.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      yasqe.setValue(example.querySelector('[name="query"]').value);
      document.querySelector(".editor").scrollIntoView({ block: "center" });
      run();
    });
  }
}

if (form && byId("results")) start();
