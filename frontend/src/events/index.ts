export { EventFilter } from "./EventFilter";
export { EventMarks, EventTicks } from "./EventMarks";
export { useEvents, useEventTimes } from "./data";
