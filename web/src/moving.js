// A drawing that can be enlarged and moved: with buttons, with the wheel and Ctrl, by dragging.
import { make } from "./terms.js";

const box = (image) => image.getAttribute("viewBox").split(" ").map(Number);
const set = (image, numbers) => image.setAttribute("viewBox", numbers.map((number) => number.toFixed(2)).join(" "));

// Where an event is, in the units of the drawing.
function at(image, event) {
  const frame = image.getScreenCTM().inverse();
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(frame);
  return [point.x, point.y];
}

function enlarge(image, factor, [x, y]) {
  const [left, top, width, height] = box(image);
  set(image, [x - (x - left) / factor, y - (y - top) / factor, width / factor, height / factor]);
}

const middle = (image) => {
  const [left, top, width, height] = box(image);
  return [left + width / 2, top + height / 2];
};

export function moving(image) {
  const whole = box(image);
  const buttons = [["+", "Larger", () => enlarge(image, 1.4, middle(image))], ["−", "Smaller", () => enlarge(image, 1 / 1.4, middle(image))], ["Whole", "Whole drawing", () => set(image, whole)]];
  const tools = make("p", "", { class: "zoom" });
  tools.append(...buttons.map(([text, label, act]) => {
    const button = make("button", text, { type: "button", class: "plain", "aria-label": label });
    button.addEventListener("click", act);
    return button;
  }));
  image.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    enlarge(image, event.deltaY < 0 ? 1.15 : 1 / 1.15, at(image, event));
  }, { passive: false });
  grabbing(image, image, (from, to) => {
    const [left, top, width, height] = box(image);
    set(image, [left + from[0] - to[0], top + from[1] - to[1], width, height]);
  });
  return tools;
}

// Calls `moved` with the place under the pointer while a part of the drawing is dragged; a drag is no click.
export function dragging(image, part, moved) {
  grabbing(image, part, (_, to) => moved(...to));
}

function grabbing(image, part, moved) {
  let held = null;
  part.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (part === image && event.target.closest("a, .node, .name"))) return;
    held = { from: at(image, event), far: false };
    part.setPointerCapture(event.pointerId);
  });
  part.addEventListener("pointermove", (event) => {
    if (!held || !part.hasPointerCapture(event.pointerId)) return;
    const to = at(image, event);
    held.far ||= Math.hypot(to[0] - held.from[0], to[1] - held.from[1]) > 4;
    if (held.far) moved(held.from, to);
  });
  part.addEventListener("click", (event) => {
    if (held?.far) event.preventDefault();
    held = null;
  }, true);
  part.addEventListener("dragstart", (event) => event.preventDefault());
}
