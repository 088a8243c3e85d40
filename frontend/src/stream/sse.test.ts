import { expect, it } from "vitest";
import { EventParser } from "./sse";

const TEXT = 'event: values\nid: 12-3\ndata: {"at":1}\n\n: alive\n\nevent: end\ndata: {}\n\n';
const EVENTS = [
  { name: "values", id: "12-3", data: '{"at":1}' },
  { name: ":", id: "", data: "" },
  { name: "end", id: "", data: "{}" },
];

it("reads events in whatever pieces they arrive", () => {
  for (let size = 1; size <= TEXT.length; size++) {
    const parser = new EventParser();
    const found = [];
    for (let at = 0; at < TEXT.length; at += size) found.push(...parser.push(TEXT.slice(at, at + size)));
    expect(found).toEqual(EVENTS);
  }
});

it("notes the id that a sign of life has", () => {
  expect(new EventParser().push(": alive\nid: 5-1\n\n").at(-1)).toEqual({ name: ":", id: "5-1", data: "" });
});

it("keeps an event back until it is complete", () => {
  const parser = new EventParser();
  expect(parser.push("event: values\ndata: 1\n")).toEqual([]);
  expect(parser.push("\n")).toEqual([{ name: "values", id: "", data: "1" }]);
});
