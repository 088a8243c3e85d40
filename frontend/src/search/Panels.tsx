import { Suspense, useCallback, useEffect, useState } from "react";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { onPanel } from "./open";
import type { Panel } from "./open";
import { useGlobalKeys } from "./useGlobalKeys";
import { useTyped } from "./useTyped";
import { lazy } from "../ui/lazy";

const Search = lazy(() => import("./Search"));
const KeyList = lazy(() => import("./KeyList"));

/** The search and the list of keys: above every page, loaded when first opened. */
export function Panels() {
  const [panel, setPanel] = useState<Panel>(null);
  const close = useCallback(() => setPanel(null), []);
  const [text, setText] = useTyped(panel === "search", close);
  useEffect(
    () =>
      onPanel((next) => {
        setText("");
        setPanel(next);
      }),
    [setText],
  );
  useEffect(() => {
    // Before Ctrl K is pressed.
    const timer = setTimeout(() => void import("./Search").catch(() => undefined), 1500);
    return () => clearTimeout(timer);
  }, []);
  useGlobalKeys();
  return (
    <ErrorBoundary key={panel} instead={<Gone close={close} />}>
      <Suspense>
        {panel === "search" && <Search text={text} setText={setText} close={close} />}
        {panel === "keys" && <KeyList close={close} />}
      </Suspense>
    </ErrorBoundary>
  );
}

/** What cannot be loaded takes no keys. */
function Gone({ close }: { close: () => void }) {
  useEffect(close, [close]);
  return null;
}
