import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { library, registerSymbols, symbolOf } from "../core/library";
import type { State } from "../core/state";
import type { Placement } from "../core/types";
import { SymbolShape } from "./SymbolShape";
import type { Shown } from "./shown";
import { shownOf } from "./shown";

const placed = (symbol: string, more: Partial<Placement> = {}): Placement => ({ id: "p", symbol, x: 0, y: 0, ...more });
const painted = (placement: Placement, shown?: Shown) =>
  renderToStaticMarkup(
    <svg>
      <SymbolShape placement={placement} {...(shown && { shown })} />
    </svg>,
  );
const entry = (v: number | string | null, stale = false) => ({ v, t: 0, stale, q: 0, reason: null });

it.each(Object.keys(library.symbols).filter((name) => name !== "junction"))("%s is painted whole", (name) => {
  const { shape } = symbolOf(name)!;
  const markup = painted(placed(name, { label: "TT-101" }), { turn: 0.5, level: 0.5 });
  for (const part of shape) {
    if (part.role === "plot") continue;
    expect(markup).toContain(`<${part.is}`);
    if (part.role !== "liquid") expect(markup).toContain(part.role);
  }
  expect(markup).not.toMatch(/NaN|undefined|Infinity|[{}]/);
});

it("every group has its file, and every symbol its group", () => {
  const groups = library.groups.map(({ name }) => name);
  expect(new Set(Object.values(library.symbols).map(({ group }) => group))).toEqual(new Set(groups));
});

it("a level fills the lower part of its area only, and none without a value", () => {
  const tank = placed("tank");
  expect(painted(tank)).not.toContain("level");
  expect(painted(tank, { level: 0.25 })).toContain('class="level" x="0" width="100%" y="81.5" height="26.5"');
});

it("a blade turns with the position, a needle is hidden without a value", () => {
  expect(painted(placed("damper"))).not.toContain("rotate");
  expect(painted(placed("damper"), { turn: 0.5 })).toContain("rotate(45 10 25)");
  expect(painted(placed("tile_gauge"))).not.toContain("needle");
  expect(painted(placed("tile_gauge"), { turn: 0 })).toContain("rotate(-120 50 52)");
});

it("letters and number of an instrument are of its label, and stay upright", () => {
  const markup = painted(placed("instrument", { label: "PDT-204 filter", rotate: 90 }));
  expect(markup).toContain(">PDT</text>");
  expect(markup).toContain(">204</text>");
  expect(markup).not.toMatch(/<text[^>]*rotate/);
});

it("letters without a number stand in the middle of a bubble, and above its line", () => {
  expect(painted(placed("instrument", { label: "FT" }))).toContain('class="word " x="18" y="18"');
  expect(painted(placed("instrument_panel", { label: "FT" }))).toContain('class="word plain" x="18" y="11.2"');
});

it("only the stretch of a resizable symbol grows", () => {
  const markup = painted(placed("vessel", { height: 220 }));
  expect(markup).toContain("M1 30C1 11 14 1 30 1");
  expect(markup).toContain("V190C59 209 46 219 30 219");
  expect(painted(placed("header", { width: 400 }))).toContain('width="398.5"');
});

it("states and values of sensors become what is shown", () => {
  const slots = { position: { sensor: "s" }, value: { sensor: "s" }, level: { sensor: "s" } };
  const percent = { kind: "continuous", tag: "LT-1", unit: "%" };
  const show = (symbol: string, v: number, stale = false, state = "none" as never) =>
    shownOf(
      placed(symbol, { slots }),
      () => entry(v, stale),
      () => percent,
      state,
    );
  expect(show("tank", 40)).toEqual({ level: 0.4 });
  expect(show("tank", 40, true)).toEqual({});
  expect(show("damper", 30, false, "between" as never).turn).toBe(0.3);
  expect(show("damper", 0, false, "closed" as never).turn).toBe(0);
  expect(show("tile_value", 12.5).words).toEqual({ value: "12.5\u2009%", "value:tag": "LT-1" });
  expect(show("tile_value", 12.5, true).stale).toEqual(["value"]);
});

it("speed is a bar, power a figure, and a command a mark that says whether it is followed", () => {
  const values: Record<string, number> = { speed: 64, told: 1, power: 12.5 };
  const slots = { speed: { sensor: "speed" }, command: { sensor: "told" }, power: { sensor: "power" } };
  const sensorOf = (id: string) =>
    id === "told"
      ? { kind: "discrete", states: { "1": "Run" } }
      : { kind: "continuous", unit: id === "speed" ? "%" : "kW" };
  const motor = placed("generator", { slots });
  const shown = (state: State) => shownOf(motor, (id) => entry(values[id]!), sensorOf, state);
  expect(shown("running")).toMatchObject({ speed: 0.64, command: { on: true, differs: false, text: "Command: Run" } });
  expect(shown("stopped").command?.differs).toBe(true);
  expect(shown("unknown").command?.differs).toBe(false);
  const markup = painted(motor, shown("stopped"));
  expect(markup).toContain('class="amount" width="');
  expect(markup).toContain("data-differs");
  expect(markup).toContain("12.5\u2009kW");
  expect(painted(motor)).not.toMatch(/amount|command|power/);
});

it("a commanded amount is a mark on the bar; values that are too old show nothing", () => {
  const slots = { position: { sensor: "at" }, command: { sensor: "to" } };
  const valve = placed("valve_control", { slots });
  const percent = { kind: "continuous", unit: "%" };
  const shown = (at: number, to: number, stale = false) =>
    shownOf(
      valve,
      (id) => entry(id === "at" ? at : to, stale),
      () => percent,
      "between",
    );
  expect(shown(58, 60).command).toMatchObject({ share: 0.6, differs: false });
  expect(shown(12, 60).command).toMatchObject({ share: 0.6, differs: true });
  expect(shown(12, 60, true).command).toBeUndefined();
});

it("a tenant's symbol is known once it was registered, and stays as it was", () => {
  const own = { ...symbolOf("pump")!, title: "Ours" };
  registerSymbols({ "x1@1": own });
  registerSymbols({ "x1@1": { ...own, title: "Other" }, pump: own });
  expect(symbolOf("x1@1")?.title).toBe("Ours");
  expect(symbolOf("pump")?.title).toBe("Pump");
  expect(painted(placed("x1@1"))).toContain("circle");
});
