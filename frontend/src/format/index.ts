export { formatNumber, formatValue, displayUnit, stateName, decimalsFor, DASH } from "./value";
export {
  formatTime,
  formatDate,
  formatMoment,
  formatDuration,
  formatAge,
  isoInZone,
  offsetSpans,
  zoneOffset,
  zoneOffsetMs,
  zonedToMs,
} from "./time";
export { parseDuration, parseInstant, parseMomentText, durationName, durationText } from "./parse";
export { formatBytes, formatCount } from "./amount";
export { roundStep } from "./steps";
