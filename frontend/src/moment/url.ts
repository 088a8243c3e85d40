import { useCallback } from "react";
import { useLocation, useSearch as useWholeSearch } from "wouter";
import { useSearch } from "../tenant";
import { flushMoment, momentNow } from "./moment";

/** What is kept from page to page: site, moment and time zone. */
export const STICKY = ["site", "at", "tz"];

type Changes = Record<string, string | number | null | undefined>;

function apply(search: URLSearchParams, changes: Changes): string {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") search.delete(name);
    else search.set(name, String(value));
  }
  // Commas and colons are legal in a query and make the address readable.
  const text = search.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text && `?${text}`;
}

/** The address of `path` with the current site, moment and zone, and with `changes`. */
export function hrefWith(path: string, changes: Changes = {}): string {
  const now = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const name of STICKY) {
    const value = name === "at" ? momentNow() : now.get(name);
    if (value !== null) kept.set(name, String(value));
  }
  return path + apply(kept, changes);
}

/** For links that are shown while the moment moves: they follow it as the address does. */
export function useHref(): typeof hrefWith {
  useWholeSearch();
  return hrefWith;
}

export function useNavigateWith() {
  const [, navigate] = useLocation();
  return useCallback(
    (path: string, changes: Changes = {}, options?: { replace?: boolean }) => {
      flushMoment();
      navigate(hrefWith(path, changes), options);
    },
    [navigate],
  );
}

/** The page's query but the moment, and a setter that changes only the given parameters; `replace` adds no history entry. */
export function useParams(): [URLSearchParams, (changes: Changes, options?: { replace?: boolean }) => void] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const change = useCallback(
    (changes: Changes, options?: { replace?: boolean }) => {
      flushMoment();
      navigate(location.pathname + apply(new URLSearchParams(location.search), changes), options);
    },
    [navigate],
  );
  return [new URLSearchParams(search), change];
}

export function useParam(name: string): [string | null, (value: string | number | null, replace?: boolean) => void] {
  const [params, change] = useParams();
  const set = useCallback(
    (value: string | number | null, replace = true) => change({ [name]: value }, { replace }),
    [change, name],
  );
  return [params.get(name), set];
}
