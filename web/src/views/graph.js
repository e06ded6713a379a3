// The answer as a graph: things that stand in one row, or that a triple joins, pull each other together.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { dragging, moving } from "../moving.js";
import { cut, draw, hint, isIri, linked, plain, scrolling, short } from "../terms.js";

const MOST = 250; // things that are drawn
const LONGEST = 26; // letters of a name
const PROPERTY = /^(p|prop|property|predicate|relation|role)$/i;
const isNode = (term) => isIri(term) || term?.type === "bnode";

export function graph(answer, context) {
  const { nodes, links, left } = gathered(answer);
  if (!links.length) return [hint("Nothing here joins two things. Ask for two columns of things, or CONSTRUCT triples.")];
  for (const node of nodes) node.name = named(node.id, context);
  settle(nodes, links);
  const image = picture(nodes, links, context);
  const frame = scrolling("Graph of the answer", "scroll network");
  frame.append(image);
  const labels = new Set(links.map(({ label }) => label));
  const what = labels.size === 1 ? ` of “${[...labels][0]}”` : "";
  const more = left ? ` The ${MOST} things with most links are drawn; ${left} are not.` : "";
  return [moving(image), frame, hint(`${nodes.length} things, ${links.length} links${what}.${more} Things can be dragged.`)];
}

function pairs({ columns, rows }) {
  const middle = columns.length === 3 && PROPERTY.test(columns[1]) ? columns[1] : null;
  const ends = columns.filter((name) => name !== middle && rows.some((row) => isNode(row[name])));
  return rows.flatMap((row) => {
    const [first, ...others] = ends.filter((name) => isNode(row[name]));
    return others.map((name) => ({
      from: row[first].value,
      to: row[name].value,
      label: middle && row[middle] ? plain(row[middle].value) : name,
    }));
  });
}

function gathered(answer) {
  const joined = new Map(pairs(answer).filter(({ from, to }) => from !== to).map((each) => [`${each.from} ${each.label} ${each.to}`, each]));
  const degrees = new Map();
  for (const { from, to } of joined.values()) for (const end of [from, to]) degrees.set(end, (degrees.get(end) ?? 0) + 1);
  const order = [...degrees].sort(([, one], [, other]) => other - one);
  const nodes = order.slice(0, MOST).map(([id, degree]) => ({ id, degree }));
  const known = new Set(nodes.map(({ id }) => id));
  const links = [...joined.values()].filter(({ from, to }) => known.has(from) && known.has(to)).map(({ from, to, label }) => ({ source: from, target: to, label }));
  return { nodes, links, left: order.length - nodes.length };
}

function settle(nodes, links) {
  forceSimulation(nodes)
    .force("link", forceLink(links).id(({ id }) => id).distance(70))
    .force("charge", forceManyBody().strength(-190))
    .force("collide", forceCollide(({ name }) => Math.max(18, 2.8 * name.length))) // half a name: names seldom cover what stands beside
    .force("x", forceX().strength(0.05))
    .force("y", forceY().strength(0.09))
    .stop()
    .tick(Math.max(120, 300 - nodes.length));
}

const named = (id, context) => cut(context.labels.get(id) ?? (id.includes(":") ? plain(id) : id), LONGEST);
const family = (id) => (/\/id\/(state|person|organization|bloc|place)\//.exec(id) || [])[1] ?? "other";

function picture(nodes, links, context) {
  const labeled = links.length <= 60 && new Set(links.map(({ label }) => label)).size > 1;
  const edges = links.map((link) => ({ link, line: draw("line", { class: "edge" }), label: labeled ? draw("text", { class: "link" }, cut(link.label, 22)) : null }));
  const drawn = nodes.map((node) => mark(node, context));
  const place = () => {
    for (const { link: { source, target }, line, label } of edges) {
      for (const [attribute, value] of Object.entries({ x1: source.x, y1: source.y, x2: target.x, y2: target.y })) line.setAttribute(attribute, value.toFixed(1));
      label?.setAttribute("x", ((source.x + target.x) / 2).toFixed(1));
      label?.setAttribute("y", ((source.y + target.y) / 2 - 2).toFixed(1));
    }
    for (const { node, parts } of drawn) for (const part of parts) part.setAttribute("transform", `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`);
  };
  place();
  const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)];
  const [width, height] = [Math.max(Math.max(...xs) - Math.min(...xs) + 140, 760), Math.max(Math.max(...ys) - Math.min(...ys) + 70, 320)];
  const [left, top] = [(Math.min(...xs) + Math.max(...xs) - width) / 2, (Math.min(...ys) + Math.max(...ys) - height) / 2 - 10];
  const image = draw("svg", { viewBox: `${left} ${top} ${width} ${height}`, role: "group", "aria-label": "Graph of the answer; the table says the same" });
  image.append(...edges.map(({ line }) => line), ...edges.map(({ label }) => label).filter(Boolean), ...[0, 1].flatMap((layer) => drawn.map(({ parts }) => parts[layer])));
  for (const { node, parts } of drawn) {
    for (const part of parts) {
      dragging(image, part, (x, y) => {
        Object.assign(node, { x, y });
        place();
      });
    }
  }
  return image;
}

// A thing's name and, in a layer above all names, so that none covers it, its circle.
function mark(node, context) {
  const radius = 5 + Math.sqrt(node.degree) * 1.6;
  const full = context.labels.get(node.id) ?? node.name;
  const title = `${full} (${short(node.id)})`;
  const name = linked(node.id, title, { class: "name", "aria-hidden": "true", tabindex: "-1" }, context.root, draw("text", { x: 0, y: -Math.min(radius + 3, 18) }, node.name));
  const circle = linked(node.id, title, { class: `node ${family(node.id)}`, "aria-label": full }, context.root, draw("circle", { r: Math.min(radius, 15).toFixed(1) }));
  return { node, parts: [name, circle] };
}
