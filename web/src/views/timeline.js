// The answer along an axis of years: rows with a date, in lanes; what is vague has a width.
import { isDate, span } from "../dates.js";
import { cut, draw, hint, isIri, linked, make, plain, scrolling } from "../terms.js";

const [WIDTH, LEFT, RIGHT, ROW, TOP] = [1100, 150, 1090, 22, 26];
const MOST = 400;
const LETTER = 6.2;
const START = /start|begin|from|since/i;
const END = /end|until|finish/i;

export function timeline(answer, context) {
  const columns = answer.columns.filter((name) => answer.rows.some((row) => isDate(row[name], name)));
  if (!columns.length) return [hint("No column of this answer holds dates. Ask for dg:time, or for dg:earliestStart and dg:latestEnd.")];
  const others = answer.columns.filter((name) => !columns.includes(name));
  const choice = make("select", "", { "aria-label": "Lanes by" });
  choice.append(make("option", "one lane", { value: "" }), ...others.map((name) => make("option", `lanes by ${name}`, { value: name })));
  choice.value = bestLane(answer.rows, others);
  const frame = scrolling("Timeline", "scroll timeline");
  const dated = answer.rows.filter((row) => columns.some((name) => isDate(row[name], name)));
  const fill = () => frame.replaceChildren(drawing(dated.slice(0, MOST), columns, others, choice.value, context));
  choice.addEventListener("change", fill);
  fill();
  const undated = answer.rows.length - dated.length;
  const notes = [
    ...(dated.length > MOST ? [`The first ${MOST} of ${dated.length} dated rows are drawn.`] : []),
    ...(undated ? [`${undated} row${undated === 1 ? " has" : "s have"} no date.`] : []),
  ];
  return [...(others.length ? [choice] : []), frame, ...(notes.length ? [hint(notes.join(" "))] : [])];
}

// The column with few values, each of several rows.
function bestLane(rows, columns) {
  const numbers = columns.map((name) => [name, new Set(rows.map((row) => row[name]?.value)).size]);
  const fit = numbers.filter(([, number]) => number > 1 && number <= 12 && number * 2 <= rows.length);
  return fit.sort(([, one], [, other]) => one - other)[0]?.[0] ?? "";
}

function whole(row, columns) {
  const spans = columns.filter((name) => isDate(row[name], name)).map((name) => [name, span(row[name].value)]);
  const start = spans.find(([name]) => START.test(name));
  const end = spans.find(([name]) => END.test(name));
  if (start && end) return { from: start[1].from, to: end[1].to };
  return spans[0][1];
}

function drawing(rows, columns, others, lane, context) {
  const name = (term) => (isIri(term) ? context.labels.get(term.value) ?? plain(term.value) : term.value);
  const marks = rows.map((row) => ({
    ...whole(row, columns),
    lane: lane && row[lane] ? name(row[lane]) : "",
    iri: others.map((column) => row[column]).find(isIri)?.value,
    caption: cut(others.filter((column) => column !== lane && row[column]).map((column) => name(row[column])).join(" · "), 34),
    title: [...columns, ...others].filter((column) => row[column]).map((column) => name(row[column])).join(" · "),
  }));
  const first = Math.floor(Math.min(...marks.map((mark) => mark.from))) - 1;
  const last = Math.ceil(Math.max(...marks.map((mark) => mark.to))) + 1;
  const place = (year) => LEFT + ((year - first) / (last - first)) * (RIGHT - LEFT);
  const parts = [];
  let y = TOP;
  for (const label of [...new Set(marks.map((mark) => mark.lane))].sort()) {
    const height = rowsOf(marks.filter((mark) => mark.lane === label), place, y);
    parts.push(draw("line", { class: "edge", x1: 0, x2: WIDTH, y1: y, y2: y }));
    if (label) parts.push(draw("text", { class: "lane", x: 0, y: y + 17 }, draw("title", {}, label), cut(label, 20)));
    y += height;
  }
  const image = draw("svg", { viewBox: `0 0 ${WIDTH} ${y + 6}`, width: WIDTH, height: y + 6, role: "group", "aria-label": "Rows along an axis of years; the table says the same" });
  image.append(...axis(first, last, place, y + 6), ...parts, ...marks.map((mark) => shape(mark, context.root)));
  return image;
}

// Puts marks into as few rows as go without overlap; returns the height that they take.
function rowsOf(marks, place, top) {
  const ends = [];
  for (const mark of marks.sort((one, other) => one.from - other.from)) {
    mark.x = mark.opens ? LEFT : place(mark.from);
    mark.width = Math.max((mark.goesOn ? RIGHT : place(mark.to)) - mark.x, 10);
    const letters = mark.caption.length * LETTER + 8;
    mark.before = mark.x + mark.width + letters > RIGHT && mark.x - letters > LEFT;
    const [left, right] = mark.before ? [mark.x - letters, mark.x + mark.width] : [mark.x, mark.x + mark.width + letters];
    let row = ends.findIndex((end) => end <= left);
    if (row < 0) row = ends.length;
    ends[row] = right + 6;
    mark.y = top + 4 + row * ROW;
  }
  return ends.length * ROW + 8;
}

function shape(mark, root) {
  const middle = mark.x + mark.width / 2;
  const lasting = mark.opens || mark.goesOn || mark.width > 60;
  const parts = lasting
    ? [draw("rect", { class: "may", x: mark.x, y: mark.y + 3, width: mark.width, height: 11, rx: 2 })]
    : [
      ...(mark.width > 12 ? [draw("rect", { class: "may", x: mark.x, y: mark.y + 5, width: mark.width, height: 7, rx: 3.5 })] : []),
      draw("circle", { class: "dot", cx: middle, cy: mark.y + 8.5, r: 5 }),
    ];
  if (mark.goesOn) parts.push(draw("path", { class: "open", d: `M${RIGHT - 5} ${mark.y + 4}l5 4.5l-5 4.5` }));
  const x = mark.before ? mark.x - 5 : mark.x + mark.width + 5;
  if (mark.caption) parts.push(draw("text", { class: `caption ${mark.before ? "left" : "right"}`, x, y: mark.y + 12.5 }, mark.caption));
  return linked(mark.iri, mark.title, { class: "mark happened", "aria-label": mark.title }, root, ...parts);
}

function axis(first, last, place, bottom) {
  const step = [1, 2, 5, 10, 20, 50, 100].find((years) => (last - first) / years <= 14) || 500;
  const ticks = [];
  for (let year = Math.ceil(first / step) * step; year <= last; year += step) {
    ticks.push(draw("line", { class: "grid", x1: place(year), x2: place(year), y1: 20, y2: bottom }), draw("text", { class: "year", x: place(year), y: 13 }, String(year)));
  }
  return ticks;
}
