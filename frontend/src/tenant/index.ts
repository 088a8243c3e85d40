export { useMe, useTenant, useRecentTenant, useSites, useSite, useUnknownSite, readAhead, signOut } from "./tenant";
export { useSearch } from "./location";
