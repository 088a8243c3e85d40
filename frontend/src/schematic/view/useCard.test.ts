import { expect, it } from "vitest";
import { CARD, placeCard } from "./useCard";

const room = { width: 800, height: 600 };
const at = (x: number, y: number) => placeCard({ x, y, width: 60, height: 20 }, room);

it("is below what it describes where it fits, else above it, and always inside the drawing", () => {
  expect(at(100, 100)).toEqual({ left: 100, top: 126 });
  expect(at(100, 500)).toEqual({ left: 100, top: 500 - 6 - CARD.height });
  expect(at(780, 100).left).toBe(800 - CARD.width - 6);
  expect(at(-50, 100).left).toBe(6);
});
