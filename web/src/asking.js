// Questions that the views ask besides: how things are called, and where they lie.
const MOST = 400; // things in a question

const values = (iris) => [...iris].slice(0, MOST).filter((iri) => !/[<>"{}|\\^`\s]/.test(iri)).map((iri) => `<${iri}>`).join(" ");

async function rows(endpoint, query) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json" },
    body: query,
  });
  return response.ok ? (await response.json()).results.bindings : [];
}

// Labels by IRI, in English where there is a choice.
export async function labels(endpoint, iris) {
  const found = await rows(endpoint, `SELECT ?thing ?label { VALUES ?thing { ${values(iris)} } ?thing rdfs:label|dcterms:title ?label }`);
  const known = new Map();
  for (const { thing, label } of found) {
    if (!known.has(thing.value) || !label["xml:lang"] || label["xml:lang"] === "en") known.set(thing.value, label.value);
  }
  return known;
}

// Longitude and latitude by IRI: of a place itself, of a state its capital.
export async function positions(endpoint, iris) {
  const found = await rows(endpoint, `SELECT ?thing ?lat ?long ?since { VALUES ?thing { ${values(iris)} }
    { ?thing geo:lat ?lat ; geo:long ?long } UNION
    { ?status a dg:CapitalStatus ; dg:ofState ?thing ; dg:capital ?place . ?place geo:lat ?lat ; geo:long ?long OPTIONAL { ?status dg:latestStart ?since } }
  } ORDER BY ?since`);
  return new Map(found.map(({ thing, lat, long }) => [thing.value, [Number(long.value), Number(lat.value)]]));
}
