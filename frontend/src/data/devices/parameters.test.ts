import { describe, expect, it } from "vitest";
import { parametersOf } from "./parameters";
import { texts } from "./texts";

describe("parametersOf", () => {
  it("names what each kind of command needs", () => {
    expect(parametersOf("restart", "ignored")).toEqual({});
    expect(parametersOf("upgrade", " 2.5.0 ")).toEqual({ firmware: "2.5.0" });
    expect(parametersOf("set-config", '{"rate": 5}')).toEqual({ configuration: { rate: 5 } });
    expect(parametersOf("other", '{"valve": "V-1"}')).toEqual({ valve: "V-1" });
    expect(parametersOf("other", "")).toEqual({});
  });
  it("says what is wrong with what was typed", () => {
    expect(parametersOf("set-config", "{rate: 5}")).toBe(texts.notJson);
    expect(parametersOf("other", "[1]")).toBe(texts.notObject);
  });
});
