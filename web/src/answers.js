// An answer in tabs: table, timeline, map, graph, and as the server wrote it. The address keeps the chosen one.
import { labels } from "./asking.js";
import { isIri, make, read } from "./terms.js";
import { graph } from "./views/graph.js";
import { map } from "./views/map.js";
import { table } from "./views/table.js";
import { timeline } from "./views/timeline.js";

const MOST = 200_000; // characters that are shown as they came
const VIEWS = { table, timeline, map, graph, text: ({ body }) => [make("pre", body.length > MOST ? `${body.slice(0, MOST)}\n…` : body, { tabindex: "0" })] };
const NAMED = ["timeline", "map", "graph"]; // views in which things go by their labels

export const chosenView = () => (/^#view=(\w+)$/.exec(location.hash) || [])[1];

function known(name) {
  return name in VIEWS ? name : "table";
}

// Returns an object that shows answers in `place`; `wanted` is called when a view is chosen and nothing is there to show.
export function answersIn(place, { root, endpoint, wanted }) {
  const tabs = make("div", "", { role: "tablist", "aria-label": "Views of the answer", class: "tabs" });
  const panel = make("div", "", { role: "tabpanel", id: "view", "aria-labelledby": "tab-table" });
  let answer = null;
  let named = null;
  let turn = 0;

  const buttons = Object.keys(VIEWS).map((name) => {
    const button = make("button", name === "text" ? "as text" : name, { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view" });
    button.addEventListener("click", () => {
      history.replaceState(null, "", `${location.pathname}${location.search}#view=${name}`);
      show();
    });
    return button;
  });
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  tabs.append(...buttons);

  const iris = () => new Set(answer.rows.flatMap((row) => answer.columns.map((name) => row[name]).filter(isIri).map(({ value }) => value)));

  async function show() {
    const name = known(chosenView());
    for (const button of buttons) {
      const selected = button.id === `tab-${name}`;
      button.setAttribute("aria-selected", String(selected));
      button.tabIndex = selected ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    if (!answer) {
      wanted();
      return;
    }
    const mine = (turn += 1);
    if (NAMED.includes(name)) named ??= labels(endpoint, iris());
    const content = await VIEWS[name](answer, { root, endpoint, labels: (NAMED.includes(name) && await named) || new Map() });
    if (mine === turn) panel.replaceChildren(...content);
  }

  return {
    // Takes a new answer; returns how big it is, in words.
    take(type, body) {
      answer = { ...read(type, body), body };
      named = null;
      place.hidden = false;
      if ("boolean" in answer) {
        place.replaceChildren(make("p", answer.boolean ? "yes" : "no", { class: "answer" }));
        return answer.boolean ? "yes" : "no";
      }
      place.replaceChildren(tabs, panel);
      show();
      const what = answer.triples ? "triple" : "row";
      return `${answer.rows.length.toLocaleString("en")} ${what}${answer.rows.length === 1 ? "" : "s"}`;
    },
    // Offers the views of an answer that only the server has shown so far.
    offer() {
      place.hidden = false;
      place.replaceChildren(tabs, panel);
      for (const button of buttons) button.tabIndex = 0;
    },
    show,
  };
}
