import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { runDefinitionsQuery } from "../../api/runDefinitions";
import { formatMoment, parseMomentText, zoneOffset } from "../../format";
import { useNow, useZone } from "../../moment";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage } from "../../ui/states";
import type { Period } from "../core/periods";
import type { TimeWindow } from "../core/window";
import styles from "./compare.module.css";
import type { Other } from "./comparison";
import { texts } from "./texts";
import { useRuns } from "./usePeriodsOf";

const SHIFTS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

interface Props {
  close: () => void;
  compare: (other: Other) => void;
  /** This one is shown from its start, and looped; the other one moves along. */
  compareRuns: (one: Period, other: Period) => void;
  /** Bookmarked ones. */
  periods: readonly Period[];
  site: string;
  /** Where runs are looked for. */
  window: TimeWindow;
}

/** What to compare with: a typed time, a distance, or two periods from a common start. */
export function CompareWith({ close, compare, compareRuns, periods, site, window }: Props) {
  const zone = useZone().name;
  const now = useNow();
  const [text, setText] = useState("");
  const at = parseMomentText(text, zone, now);
  const start = (other: Other) => {
    compare(other);
    close();
  };
  return (
    <Modal opened onClose={close} title={texts.title} size={460}>
      <SubmitForm onSubmit={() => at !== null && start({ at })}>
        <TextInput
          data-autofocus
          label={texts.label(zone.replaceAll("_", " "))}
          description={texts.hint}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={text.trim() !== "" && at === null && texts.unreadable}
        />
        <div className={styles.row}>
          <span className={styles.feedback} role="status">
            {at !== null && `${formatMoment(at, zone)} ${zoneOffset(at, zone)}`}
          </span>
          <Button type="submit" disabled={at === null}>
            {texts.fixed}
          </Button>
        </div>
      </SubmitForm>
      <section className={styles.part} aria-label={texts.earlier}>
        <h3>{texts.earlier}</h3>
        <div className={styles.row}>
          {(Object.keys(SHIFTS) as (keyof typeof SHIFTS)[]).map((name) => (
            <Button key={name} variant="default" onClick={() => start({ shift: SHIFTS[name] })}>
              {texts.shifts[name]}
            </Button>
          ))}
        </div>
      </section>
      <Runs
        bookmarked={periods}
        site={site}
        window={window}
        compare={(one, other) => {
          compareRuns(one, other);
          close();
        }}
      />
    </Modal>
  );
}

interface RunsProps extends Pick<Props, "site" | "window"> {
  bookmarked: readonly Period[];
  compare: Props["compareRuns"];
}

const BOOKMARKS = "bookmarks";

function Runs({ bookmarked, site, window, compare }: RunsProps) {
  const [from, setFrom] = useState(BOOKMARKS);
  const [chosen, choose] = useState<[string | null, string | null]>([null, null]);
  const definitions = useQuery(runDefinitionsQuery(site)).data ?? [];
  const runs = useRuns(from === BOOKMARKS ? null : from, window);
  const periods = from === BOOKMARKS ? bookmarked : runs.periods;
  const data = periods.map((period) => ({ value: period.id, label: period.name }));
  const [one, other] = chosen.map((id) => periods.find((period) => period.id === id));
  const few = periods.length < 2 && !runs.isLoading;
  return (
    <section className={styles.part} aria-label={texts.runs}>
      <h3>{texts.runs}</h3>
      {definitions.length > 0 && (
        <div className={styles.row}>
          <Select
            label={texts.of}
            data={[
              { value: BOOKMARKS, label: texts.bookmarks },
              ...definitions.map(({ id, name }) => ({ value: id, label: texts.runsOf(name) })),
            ]}
            value={from}
            allowDeselect={false}
            onChange={(value) => {
              setFrom(value ?? BOOKMARKS);
              choose([null, null]);
            }}
          />
        </div>
      )}
      <ErrorMessage error={runs.error} />
      {few ? (
        <p className={styles.feedback}>{from === BOOKMARKS ? texts.noRuns : texts.noRunsInSpan}</p>
      ) : (
        <>
          <div className={styles.row}>
            <Select
              label={texts.runA}
              data={data}
              searchable
              value={chosen[0]}
              onChange={(value) => choose([value, chosen[1]])}
            />
            <Select
              label={texts.runB}
              data={data}
              searchable
              value={chosen[1]}
              onChange={(value) => choose([chosen[0], value])}
            />
          </div>
          <div className={styles.row}>
            <Button
              variant="default"
              disabled={!one || !other || one.start === other.start}
              onClick={() => compare(one!, other!)}
            >
              {texts.compareRuns}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
