export { EventFilter } from "./EventFilter";
export { EventMarks, EventTicks } from "./EventMarks";
export { useEventFilter, useEvents, useEventTimes } from "./data";
