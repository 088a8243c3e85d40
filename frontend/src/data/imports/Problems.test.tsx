// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { ImportReport } from "../../api/types";
import { Problems } from "./Problems";

afterEach(cleanup);

const nothingIsFetched = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
const show = (report: ImportReport) =>
  render(<Problems report={report} />, {
    wrapper: ({ children }) => <QueryClientProvider client={nothingIsFetched}>{children}</QueryClientProvider>,
  });

const REPORT = {
  repeated_hour_rows: 8,
  skipped_hour_rows: 0,
  repeated_hour: 3,
  clock_changes: [
    {
      file: "sorted.csv",
      kind: "repeated",
      line: 6,
      rows: 8,
      start: "2021-11-07 01:00",
      end: "2021-11-07 01:45",
      zone: "America/New_York",
    },
    { file: "cut.csv", kind: "repeated", line: 2, start: "2021-11-07 01:00", end: "", note: "Give a fixed offset." },
  ],
  unreadable_by_column: { Flow: 1 },
  problems: [{ file: "sorted.csv", line: 9, column: "Flow", text: "oops", why: "is no number" }],
  absent: { Pressure: 2 },
} as unknown as ImportReport;

test("rows at clock changes come before bad cells, with what to do, and absent columns come last", () => {
  show(REPORT);
  const [heading, ...listed] = [...screen.getByRole("region", { name: "Problems" }).children].map(
    (each) => each.textContent ?? "",
  );
  expect(heading).toBe("Issues");
  expect(listed).toHaveLength(3);
  const [clock, cells, absent] = listed;
  expect(clock).toContain("8 rows in a repeated hour, 0 in a skipped hour");
  expect(clock).toContain("8 rows from 2021-11-07 01:00 to 2021-11-07 01:45, an hour that America/New_York repeats");
  expect(clock).toContain("Give a fixed offset.");
  expect(clock).toContain("3 samples of a repeated hour overwrite a different value.");
  expect(cells).toContain("Flow: 1 cell rejected");
  expect(absent).toContain("Pressure (2 files)");
});

test("a report without problems shows nothing", () => {
  const { container } = show({} as ImportReport);
  expect(container.textContent).toBe("");
});
