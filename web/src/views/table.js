// The answer as a table: columns sort at a click, and words find rows.
import { address, hint, isIri, make, scrolling, short } from "../terms.js";

const MOST = 2000; // rows; the downloads have all

function cell(term, root) {
  const shown = make("td");
  if (!term) return shown;
  const target = isIri(term) ? address(term.value, root) : null;
  if (target) shown.append(make("a", short(term.value), { href: target, title: term.value }));
  else shown.append(make("span", isIri(term) ? short(term.value) : term.value, term["xml:lang"] ? { lang: term["xml:lang"] } : {}));
  if (term.datatype) shown.title = short(term.datatype);
  if (term["xml:lang"]) shown.append(" ", make("small", term["xml:lang"]));
  return shown;
}

const isNumber = (term) => /#(integer|decimal|double|float|int|long)$/.test(term?.datatype || "");

function compare(one, other) {
  if (!one || !other) return Number(!one) - Number(!other);
  if (isNumber(one) && isNumber(other)) return Number(one.value) - Number(other.value);
  return one.value.localeCompare(other.value, "en", { numeric: true });
}

export function table({ columns, rows }, { root }) {
  const frame = scrolling("Answer");
  const shown = make("table");
  const body = shown.createTBody();
  const finder = make("input", "", { type: "search", placeholder: "words in a row", "aria-label": "Find rows by words", autocomplete: "off" });
  let order = null;

  const fill = () => {
    const words = finder.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (row) => columns.map((name) => row[name]?.value ?? "").join(" ").toLowerCase();
    const found = words.length ? rows.filter((row) => words.every((word) => text(row).includes(word))) : [...rows];
    if (order) found.sort((one, other) => order.way * compare(one[order.name], other[order.name]));
    body.replaceChildren(...found.slice(0, MOST).map((row) => {
      const line = make("tr");
      line.append(...columns.map((name) => cell(row[name], root)));
      return line;
    }));
  };

  const names = columns.map((name) => {
    const head = make("th", "", { scope: "col" });
    const button = make("button", name, { type: "button", class: "sort" });
    button.addEventListener("click", () => {
      order = { name, way: order?.name === name ? -order.way : 1 };
      for (const each of names) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order.way > 0 ? "ascending" : "descending");
      fill();
    });
    head.append(button);
    return head;
  });
  const line = make("tr");
  line.append(...names);
  shown.createTHead().append(line);
  finder.addEventListener("input", fill);
  fill();
  frame.append(shown);
  const rest = rows.length - MOST;
  return [
    ...(rows.length > 12 ? [finder] : []),
    frame,
    ...(rest > 0 ? [hint(`${rest.toLocaleString("en")} more rows are in the downloads.`)] : []),
  ];
}
