import { KEYMAP } from "./keymap";
import type { Binding, Command, ScopeName } from "./keymap";

/** Returns false to decline the key: the next scope gets it, and the browser if none handles it. */
export type Handler = (event: KeyboardEvent) => unknown;
export type Handlers<S extends ScopeName> = { [C in Command<S>]?: Handler };

interface Registration {
  scope: ScopeName;
  handlers: () => Partial<Record<string, Handler>>;
}

const TEXT_FIELDS =
  'input:not([type="checkbox"]):not([type="range"]), textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]';
/** Space presses the button that has the focus. */
const PRESSABLE = "button, a, [role=radio]";

const inside = (event: KeyboardEvent, selector: string) =>
  (event.target as Partial<HTMLElement> | null)?.closest?.(selector) != null;

function chordOf(event: KeyboardEvent): string | undefined {
  if (event.altKey) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return `Mod+${key}`;
  return event.shiftKey && event.key.length > 1 ? `Shift+${key}` : key;
}

/** Handles every key of the application: scopes that were entered later come first. */
export class Keyboard {
  private registrations: Registration[] = [];
  private readonly target: Pick<Window, "addEventListener" | "removeEventListener">;

  constructor(target: Pick<Window, "addEventListener" | "removeEventListener">) {
    this.target = target;
  }

  /** Until the returned function is called. `handlers` is called for each key, so its result may change. */
  enter(scope: ScopeName, handlers: Registration["handlers"]): () => void {
    const registration = { scope, handlers };
    if (this.registrations.length === 0) this.target.addEventListener("keydown", this.handle);
    this.registrations.push(registration);
    return () => {
      this.registrations = this.registrations.filter((each) => each !== registration);
      if (this.registrations.length === 0) this.target.removeEventListener("keydown", this.handle);
    };
  }

  private handle = (event: KeyboardEvent): void => {
    const chord = chordOf(event);
    if (chord === undefined || event.defaultPrevented) return;
    const typing = inside(event, TEXT_FIELDS);
    if (chord === " " && inside(event, PRESSABLE)) return;
    for (const { scope, handlers } of this.registrations.toReversed()) {
      const bindings: Record<string, Binding> = KEYMAP[scope].bindings;
      for (const [command, binding] of Object.entries(bindings)) {
        if (!binding.chords.includes(chord) || (typing && !binding.inTextFields)) continue;
        const handler = handlers()[command];
        if (!handler || handler(event) === false) continue;
        event.preventDefault();
        return;
      }
    }
  };
}
