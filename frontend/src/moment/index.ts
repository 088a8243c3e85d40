export { useMoment, useMomentOf, onMoment, setMoment, momentNow, flushMoment } from "./moment";
export { useNow, useNowOf } from "./clock";
export { useParam, useParams, useNavigateWith, useHref, hrefWith, STICKY } from "./url";
export { useZone } from "./zone";
export type { Zone, ZoneChoice } from "./zone";
export { useInstants, useUnreadableMoment } from "./instants";
