import { useLocation } from "wouter";
import { useLocationProperty } from "wouter/use-browser-location";

export const usePathname = (): string => useLocation()[0];

/** The moment's place in the address. While it moves, it is written there often. */
const MOMENT = /(^|[?&])at=[^&]*/;

/** The address's query without the moment, which is read by `useMoment`: a moving moment renders nobody else. */
export const useSearch = (): string => useLocationProperty(() => location.search.replace(MOMENT, "$1"));
