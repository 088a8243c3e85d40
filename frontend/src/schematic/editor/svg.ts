import type { Drawing } from "../core/types";

const PAINTED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity"];
const WRITTEN = ["fill", "font-size", "font-weight", "font-family", "text-anchor"];

/** The drawing as it is painted, in one file that needs no style sheet. */
export function drawnAsSvg(canvas: HTMLElement, { width, height }: Drawing): string {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  for (const part of canvas.querySelectorAll<HTMLElement | SVGElement>("[data-part]")) root.append(...painted(part));
  return new XMLSerializer().serializeToString(root);
}

function painted(part: HTMLElement | SVGElement): SVGElement[] {
  if (part instanceof SVGElement) return [withStyles(part)];
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  const { m41, m42 } = new DOMMatrix(part.style.transform);
  group.setAttribute("transform", `translate(${m41} ${m42})`);
  const drawing = part.querySelector<SVGElement>(":scope > svg");
  for (const child of drawing?.children ?? []) group.append(withStyles(child as SVGElement));
  const origin = part.getBoundingClientRect();
  const scale = Number(part.closest<HTMLElement>("[data-testid]")?.style.getPropertyValue("--z")) || 1;
  for (const element of part.querySelectorAll<HTMLElement>("*")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (own.length === 0 || element instanceof SVGElement) continue;
    const box = element.getBoundingClientRect();
    const { fontSize, fontWeight, color } = getComputedStyle(element);
    const words = document.createElementNS("http://www.w3.org/2000/svg", "text");
    words.setAttribute("x", String((box.left - origin.left) / scale));
    words.setAttribute("y", String((box.bottom - origin.top) / scale - 4));
    words.setAttribute("style", `font:${fontWeight} ${fontSize} sans-serif;fill:${color}`);
    words.textContent = own.map((node) => node.textContent).join("");
    group.append(words);
  }
  return [group];
}

/** A copy of an element whose style is in itself. */
function withStyles(element: SVGElement): SVGElement {
  const copy = element.cloneNode(false) as SVGElement;
  const style = getComputedStyle(element);
  const names = element.tagName === "text" ? WRITTEN : PAINTED;
  copy.setAttribute("style", names.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  copy.removeAttribute("class");
  for (const child of element.childNodes) {
    copy.append(child instanceof SVGElement ? withStyles(child) : child.cloneNode(true));
  }
  return copy;
}
