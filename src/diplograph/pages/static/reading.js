// Joins the words of a document with the claims that rest on them: pointing at (or focusing) one marks the other.
"use strict";
(() => {
  const reading = document.querySelector(".reading");
  if (!reading) return;
  const list = reading.querySelector(".claims");
  const numbersOf = (element) => (element.dataset.claims || element.dataset.claim || "").split(" ").filter(Boolean);

  const mark = (numbers, from) => {
    for (const marked of reading.querySelectorAll(".joined")) marked.classList.remove("joined");
    for (const number of numbers) {
      const claim = document.getElementById(`claim-${number}`);
      if (claim) claim.classList.add("joined");
      for (const span of reading.querySelectorAll(`[data-claims~="${number}"]`)) span.classList.add("joined");
    }
    if (numbers.length && from.dataset.claims) reveal(document.getElementById(`claim-${numbers[numbers.length - 1]}`));
  };

  const reveal = (claim) => {
    if (!claim || list.scrollHeight <= list.clientHeight) return;
    const box = claim.getBoundingClientRect();
    const frame = list.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top - 24;
  };

  for (const kind of ["mouseover", "focusin"]) {
    reading.addEventListener(kind, (event) => {
      const element = event.target.closest("[data-claims], [data-claim]");
      if (element) mark(numbersOf(element), element);
    });
  }
})();
