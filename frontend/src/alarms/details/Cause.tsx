import { PriorityMark, formatFor, targetName } from "../../alarmData";
import type { Alarm } from "../../alarmData";
import { InspectorSection } from "../../frame";
import ui from "../../ui/ui.module.css";
import { chainOf, consequencesOf } from "./chain";
import styles from "./details.module.css";
import { texts } from "../texts";

const MAX_SHOWN = 8;

interface Props {
  alarm: Alarm;
  alarms: readonly Alarm[];
  show: (key: string) => void;
}

/** What raised it probably, by the plant's connections and the order of the alarms, and what it has caused. */
export function Cause({ alarm, alarms, show }: Props) {
  const causes = chainOf(alarm, alarms);
  const consequences = consequencesOf(alarm, alarms);
  return (
    <>
      <InspectorSection title={texts.probableCause}>
        {causes.length > 0 ? (
          <ul className={styles.causes}>
            {causes.map((cause) => (
              <Related key={cause.key} alarm={alarm} other={cause} show={show} />
            ))}
          </ul>
        ) : alarm.cause ? (
          <p>{texts.causeGone(alarm.cause.asset?.tag ?? "", alarm.cause.name)}</p>
        ) : (
          <p className={ui.quiet}>{alarm.asset ? texts.noCause(alarm.asset.tag) : texts.noAsset}</p>
        )}
      </InspectorSection>
      {consequences.length > 0 && (
        <InspectorSection title={texts.hasCaused(consequences.length)}>
          <ul className={styles.causes}>
            {consequences.slice(0, MAX_SHOWN).map((each) => (
              <Related key={each.key} alarm={alarm} other={each} show={show} />
            ))}
          </ul>
          {consequences.length > MAX_SHOWN && (
            <p className={ui.quiet}>{texts.andMore(consequences.length - MAX_SHOWN)}</p>
          )}
        </InspectorSection>
      )}
    </>
  );
}

function Related({ alarm, other, show }: { alarm: Alarm; other: Alarm; show: (key: string) => void }) {
  const apart = alarm.raised !== null && other.raised !== null ? alarm.raised - other.raised : null;
  return (
    <li>
      <button type="button" onClick={() => show(other.key)}>
        <PriorityMark priority={other.priority} size={16} />
        <span>
          <b>{targetName(other)}</b> {other.name}
          {apart !== null && (
            <small>{apart >= 0 ? texts.raisedEarlier(formatFor(apart)) : texts.raisedLater(formatFor(-apart))}</small>
          )}
        </span>
      </button>
    </li>
  );
}
