export { EventFilter } from "./EventFilter";
export { EventMarks, EventTicks } from "./EventMarks";
export { useEventTimes } from "./data";
