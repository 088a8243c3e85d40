import { expect, test, vi } from "vitest";
import { readSpan } from "./useOccurrences";

test("a range that is left before it is read leaves no failure that nobody hears", async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", hear);
  vi.stubGlobal(
    "fetch",
    (request: Request) =>
      new Promise((_, fail) => request.signal.addEventListener("abort", () => fail(request.signal.reason as Error))),
  );
  const leaving = new AbortController();
  const reading = readSpan("works", 0, 1, leaving.signal);
  await Promise.resolve();
  leaving.abort();
  await expect(reading).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve));
  process.off("unhandledRejection", hear);
  vi.unstubAllGlobals();
  expect(unheard).toEqual([]);
});
