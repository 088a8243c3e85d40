export { Frame } from "./Frame";
export { View } from "./View";
export { Inspector, InspectorSection } from "./Inspector";
export { InBar } from "./slots";
export { TimeBadge } from "./TimeBadge";
