export { useMe, useTenant, useNearTenant, useSites, useSite, signOut } from "./tenant";
