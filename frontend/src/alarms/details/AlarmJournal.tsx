import { PriorityMark, formatWhen, useJournal } from "../../alarmData";
import type { Transition } from "../../alarmData";
import { formatMoment, formatValue } from "../../format";
import { InspectorSection } from "../../frame";
import { setMoment, useMoment, useNow, useZone } from "../../moment";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { transitionWords } from "../journal/words";
import styles from "./details.module.css";
import { texts } from "../texts";

const SHOWN = 20;

/** What one alarm has done, newest first; at a past moment as far as it was then. */
export function AlarmJournal({ alarmKey }: { alarmKey: string }) {
  const { at } = useMoment();
  const zone = useZone().name;
  const now = useNow();
  const journal = useJournal({ key: alarmKey, limit: SHOWN, to: at === null ? undefined : at + 1 });
  const transitions = journal.data?.transitions ?? [];
  return (
    <InspectorSection title={texts.journalOf}>
      <ErrorMessage error={journal.error} />
      {journal.data && transitions.length === 0 && <p className={ui.quiet}>{texts.journalEmpty}</p>}
      <ol className={styles.journal}>
        {transitions.map((entry) => (
          <li key={entry.number}>
            <button type="button" title={texts.seeThen(formatMoment(entry.t, zone))} onClick={() => setMoment(entry.t)}>
              {formatWhen(entry.t, zone, at ?? now)}
            </button>
            <span>
              <Entry entry={entry} />
            </span>
          </li>
        ))}
      </ol>
    </InspectorSection>
  );
}

function Entry({ entry }: { entry: Transition }) {
  const raised = entry.what === "raised";
  return (
    <>
      {transitionWords(entry)}
      {raised && entry.value !== null && texts.atValue(formatValue(entry.value, entry.unit))}
      {raised && <PriorityMark priority={entry.priority} size={13} />}
      {entry.note && <em> {entry.note}</em>}
    </>
  );
}
