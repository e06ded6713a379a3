// The query and its answer to take away: as a link, as files, as code for other programs.
import { make } from "./terms.js";

const quoted = (query) => query.replaceAll("'", "'\\''");
const raw = (query) => (query.includes(')"') ? JSON.stringify(query) : `r"(${query})"`);

const literal = (query) => (/\\|"""|"$/.test(query) ? JSON.stringify(query) : `"""\n${query.trim()}\n"""`);

const code = {
  curl: (query, url) => `curl ${url} -H 'Accept: text/csv' \\\n  --data-urlencode query='${quoted(query)}'`,
  Python: (query, url) => `import io\nimport urllib.parse\nimport urllib.request\n\nimport pandas\n\nquery = ${literal(query)}\nurl = "${url}?" + urllib.parse.urlencode({"query": query, "format": "csv"})\nwith urllib.request.urlopen(url) as answer:\n    table = pandas.read_csv(io.BytesIO(answer.read()))\nprint(table)`,
  R: (query, url) => `query <- ${raw(query)}\nurl <- paste0("${url}?format=csv&query=", URLencode(query, reserved = TRUE))\ntable <- read.csv(url)\nprint(table)`,
};

export function takeAway(query, { endpoint, permalink, isGraph }) {
  const byId = (id) => document.getElementById(id);
  byId("permalink").href = permalink();
  const formats = isGraph ? ["ttl", "nt", "jsonld", "rdf"] : ["csv", "json", "tsv", "xml"];
  byId("downloads").replaceChildren(...formats.map((name) => make("a", name, {
    href: `${endpoint}?${new URLSearchParams({ query, format: name })}`,
    download: `answer.${name}`,
  })));
  for (const [language, write] of Object.entries(code)) byId(`code-${language}`).textContent = write(query, `${location.origin}${endpoint}`);
}

export async function copy(button, status) {
  const shown = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(shown.textContent);
    status("copied");
  } catch {
    shown.closest("details").open = true;
    getSelection().selectAllChildren(shown);
    status("selected; copy it with Ctrl+C");
  }
}
