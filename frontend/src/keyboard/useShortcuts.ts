import { useEffect, useRef } from "react";
import { Keyboard } from "./keyboard";
import type { Handlers } from "./keyboard";
import type { ScopeName } from "./keymap";

let keyboard: Keyboard | undefined;

/** The commands of a scope, while the component that calls this is on the page and `enabled`. */
export function useShortcuts<S extends ScopeName>(scope: S, handlers: Handlers<S>, enabled = true): void {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => {
    if (!enabled) return;
    keyboard ??= new Keyboard(window);
    return keyboard.enter(scope, () => current.current);
  }, [scope, enabled]);
}
