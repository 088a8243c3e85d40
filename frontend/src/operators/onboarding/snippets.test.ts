import { expect, it } from "vitest";
import { snippets } from "./snippets";

const sending = { url: "https://plantrace.example", token: "pt_abc", site: "harbour", tag: "TT-101" };

it("puts address, token, site and sensor into every way of sending", () => {
  for (const { name, text } of snippets(sending)) {
    expect(text, name).toContain("plantrace.example");
    for (const part of ["pt_abc", "harbour", "TT-101"]) expect(text, name).toContain(part);
  }
});

it("escapes special characters of the shell and of line protocol", () => {
  const { text } = snippets({ ...sending, tag: "TT 1,'x'=$HOME" })[0]!;
  expect(text).toContain(String.raw`'harbour,sensor=TT\ 1\,'\''x'\''\=$HOME value=21.5'`);
});

it("names the port to clients that take host and port", () => {
  const of = (url: string) => snippets({ ...sending, url }).find((each) => each.name === "InfluxDB 1 client")!.text;
  expect(of("https://plantrace.example")).toContain('"plantrace.example", 443');
  expect(of("http://plantrace.example:8000")).toContain('"plantrace.example", 8000');
  expect(of("http://plantrace.example:8000")).not.toContain("ssl");
});
