import { expect, it } from "vitest";
import { hostOf } from "./links";

it("a link is named by its host; one without a readable host by its own text", () => {
  expect(hostOf("https://wiki.plant.example/pumps?id=3")).toBe("wiki.plant.example");
  expect(hostOf("http://plc:8080/x")).toBe("plc:8080");
  for (const link of ["http://plc:port/x", "http://", "https://[::1", "http://a b/"]) expect(hostOf(link)).toBe(link);
});
