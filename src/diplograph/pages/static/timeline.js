// A timeline wider than the screen shows its latest years first, and its lanes keep their names in sight.
"use strict";
for (const frame of document.querySelectorAll(".timeline")) {
  const names = frame.querySelectorAll("text.lane");
  const keep = () => {
    const moved = frame.scrollLeft > 4;  // out of the way of the marks: onto the line above the lane
    for (const name of names) {
      name.classList.toggle("moved", moved);
      name.setAttribute("transform", moved ? `translate(${frame.scrollLeft} -14)` : "");
    }
  };
  frame.addEventListener("scroll", keep, { passive: true });
  const left = frame.getBoundingClientRect().left;
  const dated = [...frame.querySelectorAll(".mark:not([data-undated])")].map((mark) => mark.getBoundingClientRect().right - left);
  if (dated.length && frame.scrollWidth > frame.clientWidth) frame.scrollLeft = Math.max(...dated) - frame.clientWidth + 12;
}
