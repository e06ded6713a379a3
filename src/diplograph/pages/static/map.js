// Shows the flows of the chosen kinds and year as the slider moves; the address keeps up, so that it can be shared.
"use strict";
(() => {
  const form = document.querySelector(".map-tools");
  if (!form) return;
  const slider = form.elements.year;
  const seen = document.getElementById("seen");
  const flows = [...document.querySelectorAll("[data-spans]")].map((element) => ({
    element,
    kind: element.dataset.kind,
    spans: element.dataset.spans.split(" ").filter((span) => span !== "-").map((span) => span.split("-").map(Number)),
  }));
  let year = "all" in slider.dataset ? null : Number(slider.value);

  const chosen = () => new Set([...form.querySelectorAll("[name=kind]:checked")].map((box) => box.value));

  const show = () => {
    const kinds = chosen();
    let count = 0;
    for (const { element, kind, spans } of flows) {
      const visible = kinds.has(kind) && (year === null || spans.some(([first, last]) => first <= year && year <= last));
      element.toggleAttribute("hidden", !visible);
      if (visible && element.tagName === "TR") count += 1;
    }
    seen.textContent = year === null ? `all years: ${count} pairs` : `${year}: ${count} pairs`;
  };

  const remember = () => {
    const query = new URLSearchParams();
    for (const kind of chosen()) query.append("kind", kind);
    if (year !== null) query.set("year", year);
    const address = `${location.pathname}?${query}`;
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
  };

  const restore = () => {
    const query = new URLSearchParams(location.search);
    const kinds = query.getAll("kind");
    for (const box of form.querySelectorAll("[name=kind]")) box.checked = !kinds.length || kinds.includes(box.value);
    year = query.has("year") ? Number(query.get("year")) : null;
    if (year !== null) slider.value = year;
    show();
  };

  slider.addEventListener("input", () => { year = Number(slider.value); show(); });
  form.addEventListener("change", () => { show(); remember(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); year = Number(slider.value); show(); remember(); });
  document.getElementById("all-years").addEventListener("click", (event) => {
    event.preventDefault();
    year = null;
    show();
    remember();
  });
  addEventListener("popstate", restore);
  form.querySelector(".without-script").hidden = true;
  show();
})();
