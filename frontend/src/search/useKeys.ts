import { useEffect } from "react";
import { momentNow, setMoment, useNavigateWith } from "../moment";
import { useTenant } from "../tenant";
import { openKeys, openSearch } from "./open";

const PLACES: Record<string, string> = { "1": "home", "2": "plant", "3": "trends", "4": "data", "5": "members" };

/** True while somebody types text, when single letters are not commands. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return !!target?.closest(
    'input:not([type="checkbox"]):not([type="range"]), textarea, select, [contenteditable="true"], [role="dialog"]',
  );
}

/** Keys that work on every page. */
export function useKeys(): void {
  const tenant = useTenant();
  const navigate = useNavigateWith();
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openSearch();
        return;
      }
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "?") openKeys();
      else if (event.key === "/" && !event.defaultPrevented) {
        const field = document.querySelector<HTMLInputElement>("[data-filter]");
        event.preventDefault();
        if (field) field.focus();
        else openSearch();
      } else if (event.key === "l" && momentNow() !== null) setMoment(null);
      else if (tenant && PLACES[event.key]) navigate(`/t/${tenant.slug}/${PLACES[event.key]}`);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [tenant, navigate]);
}
