import { useLocation, useSearch } from "wouter";

export const usePathname = (): string => useLocation()[0];
export { useSearch };
