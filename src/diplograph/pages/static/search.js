// Suggests names while one types into a search field: a combobox over /search?format=json.
"use strict";
(() => {
  const wait = 120; // milliseconds of rest before we ask

  const enhance = (input, number) => {
    const form = input.form;
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${number}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    form.append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    let timer = 0;
    let asked = 0;
    let at = -1;

    const close = () => {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const go = (option) => { location.href = option.dataset.address; };
    const choose = (place) => {
      at = place;
      [...list.children].forEach((option, index) => option.setAttribute("aria-selected", index === at));
      if (at >= 0) input.setAttribute("aria-activedescendant", list.children[at].id);
    };
    const open = (hits) => {
      list.replaceChildren(...hits.map((hit, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = hit.text;
        option.dataset.address = addressOf(hit.iri);
        option.addEventListener("mousedown", (event) => { event.preventDefault(); go(option); });
        return option;
      }));
      at = -1;
      list.hidden = !hits.length;
      input.setAttribute("aria-expanded", String(hits.length > 0));
    };
    const addressOf = (iri) => {
      const base = "https://w3id.org/diplograph/";
      const root = form.getAttribute("action").replace(/\/search$/, "");
      return iri.startsWith(base) ? `${root}/${encodeURI(iri.slice(base.length)).replace(/\?/g, "%3F")}` : `${form.action}?q=${encodeURIComponent(iri)}`;
    };
    const ask = async () => {
      const words = input.value.trim();
      if (words.length < 2) return close();
      const turn = ++asked;
      const response = await fetch(`${form.getAttribute("action")}?format=json&limit=12&q=${encodeURIComponent(words)}`);
      if (!response.ok || turn !== asked) return undefined;
      const found = await response.json();
      const labels = found.hits.filter((hit) => hit.kind === "label");
      const seen = new Set();
      return open(labels.filter((hit) => !seen.has(hit.iri) && seen.add(hit.iri)).slice(0, 8));
    };

    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, wait); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown") { event.preventDefault(); choose(at >= last ? 0 : at + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(at <= 0 ? last : at - 1); }
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(list.children[at]); }
    });
  };

  document.querySelectorAll('form[role="search"] input[type="search"]').forEach(enhance);
})();
