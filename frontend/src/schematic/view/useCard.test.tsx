// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { createPortal } from "react-dom";
import { afterEach, expect, it } from "vitest";
import { CARD, placeCard, useCard } from "./useCard";

afterEach(cleanup);

const room = { width: 800, height: 600 };
const at = (x: number, y: number) => placeCard({ x, y, width: 60, height: 20 }, room);

it("is below what it describes where it fits, else above it, and always inside the drawing", () => {
  expect(at(100, 100)).toEqual({ left: 100, top: 126 });
  expect(at(100, 500)).toEqual({ left: 100, top: 500 - 6 - CARD.height });
  expect(at(780, 100).left).toBe(800 - CARD.width - 6);
  expect(at(-50, 100).left).toBe(6);
});

/** A drawing with one value, whose card has opened a dialog in a portal. */
function Drawing() {
  const box = useRef<HTMLDivElement>(null);
  const { card, handlers } = useCard(box);
  return (
    <div ref={box} {...handlers}>
      <p>Paper</p>
      <button type="button" data-card="s1" data-pins>
        Value
      </button>
      {card && (
        <div data-is-card role="dialog">
          <a href="#sensor">Card</a>
          {createPortal(
            <div role="dialog">
              <input aria-label="Unit" />
            </div>,
            document.body,
          )}
        </div>
      )}
    </div>
  );
}

it("stays open while the dialog that it opened is used, with the mouse and with Escape", () => {
  render(<Drawing />);
  fireEvent.click(screen.getByText("Value"));
  const field = screen.getByLabelText("Unit");
  fireEvent.pointerOver(field);
  fireEvent.click(field);
  fireEvent.keyDown(field, { key: "Escape" });
  expect(screen.queryByText("Card")).not.toBeNull();
});

it.each([
  ["a click beside it", () => fireEvent.click(screen.getByText("Paper"))],
  ["Escape on it", () => fireEvent.keyDown(screen.getByText("Card"), { key: "Escape" })],
  ["Escape where nothing has the focus", () => fireEvent.keyDown(document.body, { key: "Escape" })],
])("is closed by %s", (_, close) => {
  render(<Drawing />);
  fireEvent.click(screen.getByText("Value"));
  close();
  expect(screen.queryByText("Card")).toBeNull();
});
