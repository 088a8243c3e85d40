import { expect, it } from "vitest";
import { isMatch } from "./pattern";

it("matches as the server does, without a cost that grows with the number of stars", () => {
  const cases: [string, string, boolean][] = [
    ["*-SAT", "AHU-3-sat", true],
    ["AHU-?", "AHU-12", false],
    ["a*b*c", "aXbbYc", true],
    ["a*b", "abc", false],
    ["**", "", true],
    ["a.c", "abc", false],
    ["[x]", "[x]", true],
    [`${"*a".repeat(90)}b`, "a".repeat(190), false],
  ];
  for (const [pattern, text, matches] of cases) expect(isMatch(pattern, text), `${pattern} ${text}`).toBe(matches);
});
