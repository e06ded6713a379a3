// Terms of an answer as people read them, and the elements they are shown in.
const BASE = "https://w3id.org/diplograph/";
const SVG = "http://www.w3.org/2000/svg";
const prefixes = JSON.parse(document.getElementById("prefixes")?.textContent || "{}");
const longestFirst = Object.entries(prefixes).sort(([, one], [, other]) => other.length - one.length);

export { prefixes };

// An IRI as a CURIE where a prefix fits.
export function short(iri) {
  const known = longestFirst.find(([, namespace]) => iri.startsWith(namespace));
  const local = known ? iri.slice(known[1].length) : "";
  return known && /^[\w.-]+$/.test(local) ? `${known[0]}:${local}` : iri.replace(BASE, "");
}

// An IRI without its prefix, for drawings: "state:united-states" is "united states" there.
export const plain = (iri) => short(iri).replace(/^[\w-]+:(?=.)/, "").replace(/^.*\//, "").replaceAll("-", " ");

// Where an IRI leads: our own page for one of ours, itself for one of the web's, else nowhere.
export function address(iri, root) {
  if (iri.startsWith(BASE)) return `${root}/${encodeURI(iri.slice(BASE.length)).replaceAll("?", "%3F")}`;
  return /^https?:/.test(iri) ? iri : null;
}

export function make(name, text = "", attributes = {}) {
  const element = Object.assign(document.createElement(name), { textContent: text });
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

// A drawing's part that leads to the page of a thing, where there is one; `title` is shown when pointed at.
export function linked(iri, title, attributes, root, ...children) {
  const target = iri && address(iri, root);
  return draw(target ? "a" : "g", target ? { href: target, ...attributes } : attributes, draw("title", {}, title), ...children);
}

export const scrolling = (label, name = "scroll") => make("div", "", { class: name, tabindex: "0", role: "region", "aria-label": label });
export const hint = (text) => make("p", text, { class: "hint" });
export const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text);
export const isIri = (term) => term?.type === "uri";

// The answer as columns and rows, whatever its form: solutions as JSON, or triples as N-Triples.
export function read(type, body) {
  if (!type.includes("json")) return { columns: ["subject", "predicate", "object"], rows: triples(body), triples: true };
  const found = JSON.parse(body);
  if ("boolean" in found) return { boolean: found.boolean, columns: [], rows: [] };
  return { columns: found.head.vars, rows: found.results.bindings };
}

const TERM = /<([^>]*)>|(_:[^\s]+)|"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([\w-]+))?/g;
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };
const unescape = (text) => text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_, four, eight, one) =>
  (one ? ESCAPES[one] ?? one : String.fromCodePoint(parseInt(four || eight, 16))));

function triples(body) {
  return body.split("\n").filter(Boolean).map((line) => {
    const [subject, predicate, object] = [...line.matchAll(TERM)].map(term);
    return { subject, predicate, object };
  }).filter(({ object }) => object);
}

function term([, iri, blank, text, datatype, language]) {
  if (iri !== undefined) return { type: "uri", value: unescape(iri) };
  if (blank !== undefined) return { type: "bnode", value: blank.slice(2) };
  return { type: "literal", value: unescape(text), ...(datatype && { datatype }), ...(language && { "xml:lang": language }) };
}
