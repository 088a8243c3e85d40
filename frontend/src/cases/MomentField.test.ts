import { expect, it } from "vitest";
import { readWall, wallText } from "./MomentField";

it("writes and reads a moment on the plant's clock", () => {
  const moment = Date.UTC(2026, 2, 14, 14, 30);
  expect(wallText(moment, "Europe/Berlin")).toBe("2026-03-14T15:30");
  expect(readWall("2026-03-14T15:30", "Europe/Berlin")).toBe(moment);
  expect(wallText(null, "UTC")).toBe("");
});

it("takes what is half typed for nothing", () => {
  for (const text of ["", "2026-03", "2026-13-45T10:00", "soon"]) expect(readWall(text, "UTC"), text).toBeNull();
});
