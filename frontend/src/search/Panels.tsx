import { Suspense, useEffect, useState } from "react";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { onPanel } from "./open";
import type { Panel } from "./open";
import { useGlobalKeys } from "./useGlobalKeys";
import { lazy } from "../ui/lazy";

const Search = lazy(() => import("./Search"));
const KeyList = lazy(() => import("./KeyList"));

/** The search and the list of keys: above every page, loaded when first opened. */
export function Panels() {
  const [panel, setPanel] = useState<Panel>(null);
  useEffect(() => onPanel(setPanel), []);
  useEffect(() => {
    // Loaded before Ctrl K is pressed, or the first letters typed would be lost.
    const timer = setTimeout(() => void import("./Search").catch(() => undefined), 1500);
    return () => clearTimeout(timer);
  }, []);
  useGlobalKeys();
  const close = () => setPanel(null);
  return (
    <ErrorBoundary key={panel} instead={null}>
      <Suspense>
        {panel === "search" && <Search close={close} />}
        {panel === "keys" && <KeyList close={close} />}
      </Suspense>
    </ErrorBoundary>
  );
}
