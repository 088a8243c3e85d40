// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Keyboard } from "./keyboard";
import { chordText, KEYMAP, scopes } from "./keymap";

let keyboard: Keyboard;
let left: (() => void)[];

beforeEach(() => {
  keyboard = new Keyboard(window);
  left = [];
});
afterEach(() => {
  left.forEach((leave) => leave());
  document.body.innerHTML = "";
});

const enter = (...args: Parameters<Keyboard["enter"]>) => left.push(keyboard.enter(...args));

function press(key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
}

function element(html: string): Element {
  document.body.innerHTML = html;
  return document.querySelector("[data-here]")!;
}

it("runs the command of a chord, and prevents the browser's default", () => {
  const calls: string[] = [];
  enter("timeBar", () => ({
    stepBack: () => calls.push("step"),
    previousEvent: () => calls.push("event"),
    goTo: () => calls.push("go to"),
  }));
  expect(press("ArrowLeft").defaultPrevented).toBe(true);
  press("ArrowLeft", { shiftKey: true });
  press("G", { shiftKey: true });
  expect(calls).toEqual(["step", "event", "go to"]);
  expect(press("x").defaultPrevented).toBe(false);
});

it("offers a key to the scope entered last, then to those below it", () => {
  const calls: string[] = [];
  enter("schematic", () => ({ deselect: () => calls.push("schematic") }));
  const leave = keyboard.enter("selection", () => ({ cancel: () => (calls.push("selection"), false) }));
  press("Escape");
  expect(calls).toEqual(["selection", "schematic"]);
  leave();
  press("Escape");
  expect(calls).toEqual(["selection", "schematic", "schematic"]);
});

it.each([
  "<input data-here>",
  "<textarea data-here></textarea>",
  '<div role="dialog"><button data-here></button></div>',
  '<div role="menu"><button role="menuitem" data-here></button></div>',
])("ignores keys in %s, except global ones", (html) => {
  const search = vi.fn();
  const live = vi.fn();
  enter("global", () => ({ search, live }));
  const field = element(html);
  press("l", {}, field);
  press("k", { ctrlKey: true }, field);
  press("k", { metaKey: true }, field);
  expect(live).not.toHaveBeenCalled();
  expect(search).toHaveBeenCalledTimes(2);
});

it("leaves Space to the focused button, and handles it elsewhere", () => {
  const play = vi.fn();
  enter("timeBar", () => ({ play }));
  expect(press(" ", {}, element("<button data-here></button>")).defaultPrevented).toBe(false);
  press(" ", {}, element('<input type="checkbox" data-here>'));
  expect(play).toHaveBeenCalledTimes(1);
});

it("ignores keys that were handled already, and unbound chords with Alt or Ctrl", () => {
  const live = vi.fn();
  enter("global", () => ({ live }));
  press("l", { ctrlKey: true });
  press("l", { altKey: true });
  const inner = element("<div data-here></div>");
  inner.addEventListener("keydown", (event) => event.preventDefault());
  press("l", {}, inner);
  expect(live).not.toHaveBeenCalled();
});

it("has one listener for any number of scopes, and none when all have been left", () => {
  const target = { addEventListener: vi.fn(), removeEventListener: vi.fn() };
  const own = new Keyboard(target);
  const leave = [own.enter("global", () => ({})), own.enter("trends", () => ({}))];
  expect(target.addEventListener).toHaveBeenCalledTimes(1);
  leave[0]!();
  expect(target.removeEventListener).not.toHaveBeenCalled();
  leave[1]!();
  expect(target.removeEventListener).toHaveBeenCalledTimes(1);
});

it("binds no chord of one scope to two commands", () => {
  for (const { title, bindings } of scopes) {
    const chords = Object.values(bindings).flatMap((each) => each.chords);
    expect(new Set(chords).size, title).toBe(chords.length);
  }
});

it("formats chords as labelled on the keys", () => {
  const { search, filter } = KEYMAP.global.bindings;
  const printed = [...search.chords, ...filter.chords, ...KEYMAP.timeBar.bindings.nextEvent.chords, "+", "-", "l"];
  expect(printed.map(chordText)).toEqual(["Ctrl K", "/", "Shift →", "+", "−", "l"]);
});
