export { useMe, useTenant, useRecentTenant, useSites, useSite, useUnknownSite, signOut } from "./tenant";
