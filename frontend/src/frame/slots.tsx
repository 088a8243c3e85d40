import type { ReactNode } from "react";
import { createContext, useCallback, useContext, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./frame.module.css";

type Name = "crumb" | "actions";
type Places = Record<Name, HTMLElement | null>;

const Context = createContext<{ places: Places; set: (name: Name, element: HTMLElement | null) => void } | null>(null);

export function SlotsProvider({ children }: { children: ReactNode }) {
  const [places, setPlaces] = useState<Places>({ crumb: null, actions: null });
  const [set] = useState(
    () => (name: Name, element: HTMLElement | null) =>
      setPlaces((old) => (old[name] === element ? old : { ...old, [name]: element })),
  );
  return <Context value={{ places, set }}>{children}</Context>;
}

/** Where the bar shows a page's own controls. */
export function Slot({ name }: { name: Name }) {
  const set = useContext(Context)?.set;
  const ref = useCallback((element: HTMLDivElement | null) => set?.(name, element), [name, set]);
  return <div className={styles.slot} ref={ref} />;
}

/** From a page into the top bar: `crumb` beside the location, `actions` beside the LIVE badge. */
export function InBar({ place, children }: { place: Name; children: ReactNode }) {
  const element = useContext(Context)?.places[place];
  return element ? createPortal(children, element) : null;
}
