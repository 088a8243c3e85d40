import { expect, test } from "vitest";
import { cellsOf, headOf, peek } from "./head";

test("the delimiter is the one that cuts the header into most columns", () => {
  const head = headOf("log.csv", "\n when ;Flow, main;\tPressure\n2024-01-01;1,5;2\nhalf a li");
  expect(head?.columns).toEqual(["when", "Flow, main", "Pressure"]);
  expect(head?.rows).toEqual([["2024-01-01", "1,5", "2"]]);
});

test("a delimiter in quotation marks does not delimit, and an inch mark does not quote", () => {
  expect(cellsOf('"a,b",3/4" valve,"say ""so""",', ",")).toEqual(["a,b", '3/4" valve', 'say "so"', ""]);
});

test("binary files are left to the server", async () => {
  expect(await peek(new File([new Uint8Array([80, 75, 3, 4, 0, 0])], "book.xlsx"))).toBeNull();
  expect((await peek(new File(["\ufefftime,a\n1,2\n"], "log.csv")))?.columns).toEqual(["time", "a"]);
  const latin = new Uint8Array([
    ...new TextEncoder().encode("time,Au"),
    0xdf,
    ...new TextEncoder().encode("en\n1,2\n"),
  ]);
  expect((await peek(new File([latin], "log.csv")))?.columns).toEqual(["time", "Außen"]);
});
