// The answer on a map: rows that name places, or states, which stand at their capitals; two of them make an arrow.
import { positions } from "../asking.js";
import { moving } from "../moving.js";
import { HEIGHT, project, WIDTH } from "../projection.js";
import { cut, draw, hint, isIri, linked, plain, scrolling } from "../terms.js";

const LABELED = 40; // places with a name
const POINT = /POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)/i;
let land = null;

async function outlines(root) {
  land ??= fetch(`${root}/static/vendor/world.json`).then((response) => (response.ok ? response.json() : { land: "" }));
  return (await land).land;
}

export async function map(answer, context) {
  const things = new Set(answer.rows.flatMap((row) => answer.columns.map((name) => row[name]).filter(isIri).map((term) => term.value)));
  const known = await positions(context.endpoint, things);
  const name = (iri) => context.labels.get(iri) ?? plain(iri);
  const { places, arrows } = gathered(answer, known, name);
  if (!places.size) return [hint("Nothing in this answer has a place. Ask for states or places, or for geo:lat and geo:long.")];
  const image = draw("svg", { viewBox: `0 4 ${WIDTH} ${HEIGHT - 40}`, role: "group", "aria-label": "Map of the answer; the table says the same" });
  const outline = await outlines(context.root);
  if (outline) image.append(draw("path", { class: "land", d: outline }));
  image.append(...[...arrows.values()].map((arrow) => arc(arrow, name)));
  const most = [...places.values()].sort((one, other) => other.number - one.number);
  image.append(...most.map((place, rank) => dot(place, rank < LABELED, context.root)));
  const frame = scrolling("Map of the answer", "scroll map");
  frame.append(image);
  return [moving(image), frame, hint(`${places.size} places, ${arrows.size} pairs. States stand at their capitals; an arrow leads from the first place of a row to the second.`)];
}

function gathered({ columns, rows }, known, name) {
  const places = new Map();
  const arrows = new Map();
  const [lat, long] = [columns.find((each) => /^lat/i.test(each)), columns.find((each) => /^lon/i.test(each))];
  const put = (key, at, iri, row) => {
    const [x, y] = project(at);
    const place = places.get(key) ?? { x, y, iri, name: iri ? name(iri) : row, number: 0 };
    place.number += 1;
    places.set(key, place);
    return place;
  };
  for (const row of rows) {
    const words = columns.map((each) => row[each] && (isIri(row[each]) ? name(row[each].value) : row[each].value)).filter(Boolean).join(" · ");
    const found = columns.map((each) => row[each]).filter((term) => isIri(term) && known.has(term.value)).map((term) => term.value);
    const chosen = [...new Set(found)].map((iri) => put(iri, known.get(iri), iri, words));
    const written = coordinates(row, columns, lat, long);
    if (!chosen.length && written) put(String(written), written, columns.map((each) => row[each]).find(isIri)?.value, words);
    if (chosen.length > 1) {
      const key = `${found[0]} ${chosen[1].iri}`;
      const arrow = arrows.get(key) ?? { from: chosen[0], to: chosen[1], rows: [] };
      arrow.rows.push(words);
      arrows.set(key, arrow);
    }
  }
  return { places, arrows };
}

function coordinates(row, columns, lat, long) {
  if (lat && long && row[lat] && row[long]) return [Number(row[long].value), Number(row[lat].value)];
  const point = columns.map((each) => POINT.exec(row[each]?.value ?? "")).find(Boolean);
  return point ? [Number(point[1]), Number(point[2])] : null;
}

// A curve that bends to the left of its way, so that there and back are told apart, with an arrow's head.
function arc({ from, to, rows }) {
  const [bendX, bendY] = [(from.x + to.x) / 2 + (to.y - from.y) * 0.22, (from.y + to.y) / 2 - (to.x - from.x) * 0.22];
  const along = Math.hypot(to.x - bendX, to.y - bendY) || 1;
  const [backX, backY] = [(7 * (to.x - bendX)) / along, (7 * (to.y - bendY)) / along];
  const head = (side) => `${(to.x - backX - side * backY * 0.45).toFixed(1)} ${(to.y - backY + side * backX * 0.45).toFixed(1)}`;
  const path = `M${from.x.toFixed(1)} ${from.y.toFixed(1)}Q${bendX.toFixed(1)} ${bendY.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}M${head(1)}L${to.x.toFixed(1)} ${to.y.toFixed(1)}L${head(-1)}`;
  const title = `${from.name} → ${to.name}: ${rows.length} row${rows.length === 1 ? "" : "s"}\n${rows.slice(0, 12).join("\n")}`;
  return linked(null, title, { class: "arc" }, "", draw("path", { class: "hit", d: path }), draw("path", { d: path, "stroke-width": (0.9 + 0.7 * Math.sqrt(rows.length)).toFixed(1) }));
}

function dot(place, labeled, root) {
  const radius = Math.min(2 + 0.6 * Math.sqrt(place.number), 6);
  const name = draw("text", { class: "place", x: place.x + radius + 2, y: place.y + 4 }, cut(place.name, 28));
  return linked(place.iri, `${place.name}: ${place.number}`, { class: "spot", "aria-label": `${place.name}: ${place.number}` }, root,
    draw("circle", { cx: place.x, cy: place.y, r: radius.toFixed(1) }), ...(labeled ? [name] : []));
}
