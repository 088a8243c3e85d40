import { expect, it } from "vitest";
import type { Alarm } from "./types";
import { maintenanceCases, stateWords } from "./words";

const alarm = {
  suppressed: ["alarm:r1:s1", "maintenance:wc2aa:12"],
  shelf: null,
  out_of_service: "",
} as unknown as Alarm;

it("says by what an alarm is suppressed, a case of work by its number", () => {
  expect(stateWords(alarm, "UTC", 0).detail).toBe("by another alarm, during maintenance, case #12");
  expect(maintenanceCases(alarm)).toEqual([{ id: "wc2aa", number: "12" }]);
  expect(maintenanceCases({ suppressed: ["maintenance", "plant:r2"] })).toEqual([]);
});
