// The query editor of YASGUI, with our prefixes and with names from what the graph says of itself.
import Yasqe from "@zazuko/yasqe";

import { prefixes } from "./terms.js";

const STARTER = "SELECT ?visitor ?host ?time WHERE {\n  ?visit a dg:Visit ;\n    dg:visitor ?visitor ;\n    dg:hostState ?host ;\n    dg:time ?time .\n}\nORDER BY ?time\n";
const NO_QUERY = /^(\s*PREFIX[^\n]*\n)*\s*$/;

function vocabulary(root) {
  let terms = null;
  return async () => {
    if (!terms) {
      const response = await fetch(`${root}/.well-known/void?format=jsonld`);
      const found = response.ok ? await response.json() : [];
      const nodes = Array.isArray(found) ? found : found["@graph"] || [];
      const all = (name) => [...new Set(nodes.flatMap((node) => (node[`http://rdfs.org/ns/void#${name}`] || []).map((value) => value["@id"])))].sort();
      terms = { class: all("class"), property: all("property") };
    }
    return terms;
  };
}

function complete(root) {
  const known = vocabulary(root);
  const completer = (kind) => async (_, token) => {
    const typed = token?.autocompletionString || "";
    return (await known())[kind].filter((iri) => iri.startsWith(typed)).slice(0, 100);
  };
  Yasqe.forkAutocompleter("class", { name: "class-of-graph", get: completer("class"), bulk: false, persistenceId: null });
  Yasqe.forkAutocompleter("property", { name: "property-of-graph", get: completer("property"), bulk: false, persistenceId: null });
  Yasqe.forkAutocompleter("prefixes", {
    name: "prefixes-of-graph", bulk: true, persistenceId: null,
    get: () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`),
  });
}

// Puts an editor in the place of `area`; `run` is called by its key, `leave` takes the focus at Escape.
export function editorFor(area, { root, endpoint, run, leave, permalink }) {
  complete(root);
  const place = document.createElement("div");
  place.className = "editor";
  area.before(place);
  const yasqe = new Yasqe(place, {
    value: area.value,
    persistenceId: null,
    autocompleters: ["prefixes-of-graph", "class-of-graph", "property-of-graph", "variables"],
    createShareableLink: permalink,
    consumeShareLink: null,
    showQueryButton: false,
    resizeable: false,
    prefixCcApi: null,
    requestConfig: { endpoint },
    screenReaderLabel: "Query",
    extraKeys: {
      "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-Space": () => yasqe.autocomplete(),
      Esc: leave, // so that the keyboard gets out: Tab indents
      Tab: false, "Shift-Tab": false,
    },
  });
  if (NO_QUERY.test(area.value)) yasqe.setValue(`${area.value.trimEnd()}\n${STARTER}`);
  yasqe.collapsePrefixes(true);
  area.hidden = true;
  return yasqe;
}
