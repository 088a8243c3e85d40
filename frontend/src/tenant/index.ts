export { useMe, useTenant, useSites, useSite, signOut } from "./tenant";
