import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { busy, readImports } from "../api/imports";
import type { AsOf } from "../api/types";
import { formatAge, formatCount } from "../format";
import { hrefWith, useNow } from "../moment";
import { useAnnounced } from "../stream";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";
import { texts } from "./texts";

interface Props {
  values: Map<string, AsOf>;
  of: number;
  /** Null is live. */
  at: number | null;
}

/** How much of the plant reports, and which history is being imported. */
export function Incoming({ values, of, at }: Props) {
  const tenant = useTenant()!;
  const now = useNow();
  const live = at === null;
  const announced = useAnnounced("jobs", tenant.slug);
  const imports = useQuery({
    queryKey: [tenant.slug, "imports", "home"],
    queryFn: ({ signal }) => readImports(undefined, signal, 5),
    refetchInterval: (query) => announced(query.state.data?.results.some(busy) ? 2000 : 30_000),
    retry: false,
  });
  const times = [...values.values()].flatMap((each) => (each.t === null ? [] : [each.t]));
  const reporting = [...values.values()].filter((each) => each.t !== null && !each.stale).length;
  const newest = times.length ? Math.max(...times) : null;
  const running = imports.data?.results.filter(busy) ?? [];
  return (
    <Card title={texts.incomingData} aside={<Link href={hrefWith(`/t/${tenant.slug}/data`)}>{texts.open}</Link>} flush>
      <div className={styles.rows}>
        <div className={styles.incoming}>
          <i data-good={(reporting > 0 && live) || undefined} aria-hidden="true" />
          <b>{live ? texts.liveValues : texts.valuesAtTime}</b>
          <span>{texts.reporting(formatCount(reporting), formatCount(of))}</span>
          <span className={ui.quiet}>
            {newest === null ? texts.noneYet : (live ? texts.ago : texts.before)(formatAge((at ?? now) - newest))}
          </span>
        </div>
        {running.map((each) => (
          <div key={each.id} className={styles.incoming}>
            <i data-working aria-hidden="true" />
            <b>{each.title}</b>
            <span>{texts.samples(formatCount(each.samples))}</span>
            <span className={ui.quiet}>{each.share === null ? "" : `${Math.floor(each.share * 100)} %`}</span>
            {each.share !== null && (
              <div className={ui.bar}>
                <div style={{ width: `${each.share * 100}%` }} />
              </div>
            )}
          </div>
        ))}
      </div>
    </Card>
  );
}
