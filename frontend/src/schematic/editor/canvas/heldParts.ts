import type { Box } from "../../core/geometry";
import type { Point } from "../../core/types";
import styles from "./canvas.module.css";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Copies of what is dragged, in one layer above the drawing: a single transform moves it, and nothing of it is laid out or
 * painted again. The parts themselves are not seen meanwhile.
 */
export class HeldParts {
  private readonly parts: readonly (HTMLElement | SVGElement)[];
  private readonly box: Box | undefined;
  private layer: HTMLElement | undefined;

  /** `box`: around them all, in coordinates of the drawing. */
  constructor(parts: readonly (HTMLElement | SVGElement)[], box: Box | undefined) {
    this.parts = parts;
    this.box = box;
  }

  moveBy({ x, y }: Point, world: HTMLElement): void {
    this.layer ??= this.lift(world);
    this.layer.style.transform = `translate(${x}px, ${y}px)`;
  }

  release(): void {
    if (!this.layer) return;
    this.layer.remove();
    this.layer = undefined;
    for (const part of this.parts) part.style.opacity = "";
  }

  private lift(world: HTMLElement): HTMLElement {
    const layer = document.createElement("div");
    layer.className = styles.held!;
    layer.ariaHidden = "true";
    const frame = document.createElement("div");
    const { x, y, width, height } = this.box ?? { x: 0, y: 0, width: 0, height: 0 };
    Object.assign(frame.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    const lines = document.createElementNS(SVG, "svg");
    lines.setAttribute("class", styles.overlay!);
    layer.append(frame, lines);
    for (const part of this.parts) {
      (part instanceof SVGElement ? lines : layer).append(withoutNames(part.cloneNode(true) as Element));
      part.style.opacity = "0";
    }
    world.append(layer);
    return layer;
  }
}

/** A copy is nothing that could be found, chosen or focused. */
function withoutNames(copy: Element): Element {
  for (const each of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["data-part", "data-sensor", "data-card", "data-port", "data-selection", "tabindex", "role"])
      each.removeAttribute(name);
  }
  return copy;
}
