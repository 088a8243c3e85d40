import { Button } from "@mantine/core";
import { useLayoutEffect, useRef } from "react";
import { formatAge, formatMoment, parseInstant, zoneOffset } from "../format";
import { momentNow, onMoment, setMoment, useMomentOf, useNow, useParams, useZone } from "../moment";
import { useReconnecting } from "../stream";
import { ClockIcon } from "../ui/icons";
import { writeText } from "../ui/writeText";
import { useReadiness } from "./health";
import styles from "./frame.module.css";
import { texts } from "./texts";

/** LIVE with the clock, or HISTORY with the moment and its age. */
export function TimeBadge() {
  const live = useMomentOf((at) => at === null);
  const [params, change] = useParams();
  const reached = useReadiness().reached;
  const reconnecting = useReconnecting();
  const [start, end] = [parseInstant(params.get("start")), parseInstant(params.get("end"))];
  const fixed = start !== null && end !== null && end > start;
  if (live && !fixed) {
    if (!reached) {
      return (
        <div className={`${styles.badge} ${styles.disconnected}`} role="status" data-testid="badge">
          <b>{texts.noConnection}</b>
        </div>
      );
    }
    if (reconnecting) {
      return (
        <div
          className={`${styles.badge} ${styles.disconnected}`}
          role="status"
          data-testid="badge"
          title={texts.reconnectingHint}
        >
          <b>{texts.reconnecting}</b>
        </div>
      );
    }
    return (
      <div className={`${styles.badge} ${styles.live}`} role="status" data-testid="badge">
        <span className={styles.dot} />
        <b>{texts.live}</b>
        <Clock />
      </div>
    );
  }
  const goLive = () => {
    setMoment(null);
    if (fixed) change({ start: null, end: null });
  };
  return (
    <>
      <div className={`${styles.badge} ${styles.history}`} role="status" data-testid="badge">
        <ClockIcon size={16} />
        <b>{texts.history}</b>
        <Moment />
      </div>
      <Button variant="default" onClick={goLive}>
        {texts.backToLive}
      </Button>
    </>
  );
}

function Clock() {
  const zone = useZone().name;
  return <span>{formatMoment(useNow(), zone, true, false)}</span>;
}

/** Written without React: each frame has another one while the moment moves. */
function Moment() {
  const zone = useZone().name;
  const now = useNow();
  const moment = useRef<HTMLSpanElement>(null);
  const apart = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const show = () => {
      const at = momentNow();
      if (at === null) return;
      writeText(moment.current!, formatMoment(at, zone));
      const ago = at <= now ? texts.ago(formatAge(now - at)) : texts.inFuture;
      writeText(apart.current!, zoneOffset(at, zone) + ago);
    };
    show();
    return onMoment(show);
  }, [zone, now]);
  return (
    <>
      <span ref={moment} />
      <span ref={apart} className={`${styles.faint} ${styles.optional}`} />
    </>
  );
}
