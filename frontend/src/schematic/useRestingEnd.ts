import { useEffect, useState } from "react";
import { useMoment, useNow } from "../moment";

/** The end of a small trend: live, the minute; in the past, the moment once it rests. */
export function useRestingEnd(): number {
  const { at } = useMoment();
  const now = useNow();
  const wanted = Math.round(at ?? Math.ceil(now / 60_000) * 60_000);
  const [end, setEnd] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setEnd(wanted), 200);
    return () => clearTimeout(timer);
  }, [wanted]);
  return end;
}
