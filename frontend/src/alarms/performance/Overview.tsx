import { Link } from "wouter";
import { durationName, formatCount } from "../../format";
import { hrefWith } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import ui from "../../ui/ui.module.css";
import { BarChart } from "./BarChart";
import { BadActor } from "./BadActor";
import { usePerformance } from "./data";
import styles from "./performance.module.css";
import { texts } from "../texts";

const DAY = 86_400_000;
const ACTORS = 3;

/** Below the list: how busy the last day was, and which alarms are more noise than help. */
export function Overview() {
  const tenant = useTenant();
  const day = usePerformance(DAY).data;
  const month = usePerformance(30 * DAY).data;
  if (!day || !month) return null;
  const actors = month.bad_actors.slice(0, ACTORS);
  return (
    <div className={styles.overview}>
      <Card title={texts.lastDay} aside={texts.lastDayHint(durationName(day.bucket_ms))}>
        <BarChart figures={day} />
      </Card>
      <Card
        title={texts.badActors}
        aside={
          month.bad_actors.length > ACTORS ? (
            <Link href={hrefWith(`/t/${tenant?.slug}/alarms/performance`)}>
              {texts.allOf(formatCount(month.bad_actors.length))}
            </Link>
          ) : (
            texts.lastMonth
          )
        }
        flush={actors.length > 0}
      >
        {actors.length === 0 ? (
          <p className={ui.quiet}>{month.raised === 0 ? texts.noneRaised : texts.noBadActors}</p>
        ) : (
          <ul className={styles.actors}>
            {actors.map((actor) => (
              <BadActor key={actor.key} actor={actor} />
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
