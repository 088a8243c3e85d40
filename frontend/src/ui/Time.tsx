import { formatAge, formatMoment } from "../format";
import { useNow } from "../moment";
import { texts } from "./texts";

/** How long ago, with the full time on hover; for lists of events. */
export function Ago({ ms, zone }: { ms: number | null; zone?: string }) {
  const now = useNow();
  if (ms === null) return <span>–</span>;
  const name = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const away = now - ms;
  return (
    <time dateTime={new Date(ms).toISOString()} title={`${formatMoment(ms, name)} (${name})`}>
      {away < 1000 && away > -5000
        ? texts.now
        : away < 0
          ? texts.inFuture(formatAge(-away))
          : texts.ago(formatAge(away))}
    </time>
  );
}
