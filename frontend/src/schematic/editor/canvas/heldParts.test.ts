// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { HeldParts } from "./heldParts";

afterEach(() => document.body.replaceChildren());

function drawn() {
  document.body.innerHTML = `<div data-world>
    <svg><g data-part="pipe"><path d="M0 0L10 0"></path></g></svg>
    <div data-part="pump" role="button" tabindex="0">P-1</div></div>`;
  const world = document.querySelector<HTMLElement>("[data-world]")!;
  const parts = [...world.querySelectorAll<HTMLElement | SVGElement>("[data-part]")];
  return { world, parts, held: new HeldParts(parts, { x: 5, y: 6, width: 30, height: 40 }) };
}

it("copies of what is dragged are in one layer, which moves as a whole; the parts are not seen", () => {
  const { world, parts, held } = drawn();
  held.moveBy({ x: 8, y: -4 }, world);
  held.moveBy({ x: 16, y: -4 }, world);
  const layer = world.lastElementChild as HTMLElement;
  expect(layer.style.transform).toBe("translate(16px, -4px)");
  expect([layer.textContent.trim(), layer.querySelectorAll("svg path").length]).toEqual(["P-1", 1]);
  expect(parts.map((part) => part.style.opacity)).toEqual(["0", "0"]);
  expect(world.querySelectorAll("[data-part], [tabindex], [role]")).toHaveLength(2);
});

it("once let go everything is as before, also where nothing was moved", () => {
  const { world, parts, held } = drawn();
  const before = world.children.length;
  held.release();
  held.moveBy({ x: 8, y: 0 }, world);
  held.release();
  expect(world.children.length).toBe(before);
  expect(parts.map((part) => part.style.opacity)).toEqual(["", ""]);
});
