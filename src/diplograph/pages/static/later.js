// What takes seconds to work out is fetched when it comes into view, and put where the link to it stands.
"use strict";
(() => {
  const fetchPart = async (place) => {
    const note = Object.assign(document.createElement("p"), { className: "hint", textContent: "being worked out …" });
    note.setAttribute("role", "status");
    place.append(note);
    try {
      const response = await fetch(place.dataset.later, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const part = page.querySelector("[data-part]");
      if (!response.ok || !part) throw new Error(page.querySelector("main p")?.textContent || `status ${response.status}`);
      place.replaceChildren(...part.childNodes);
    } catch (error) {
      note.textContent = `It could not be worked out: ${error.message}.`;
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      fetchPart(target);
    }
  });
  for (const place of document.querySelectorAll("[data-later]")) seen.observe(place);
})();
