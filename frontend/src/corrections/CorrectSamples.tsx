import { Button, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import type { SiteCatalog } from "../catalog";
import { formatCount } from "../format";
import { useNow } from "../moment";
import type { Zone } from "../moment";
import { useTenant } from "../tenant";
import { Segments } from "../ui/Segments";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { previewCorrection } from "./api";
import type { CorrectionResult } from "./api";
import { draftOf, requestOf } from "./draft";
import { CorrectionFields } from "./CorrectionFields";
import { Undo } from "./Undo";
import { useCorrection } from "./useCorrection";
import type { Action } from "./wording";
import { resultText } from "./wording";
import styles from "./corrections.module.css";

const ACTIONS = [
  { value: "delete", label: "Delete" },
  { value: "shift", label: "Shift in time" },
  { value: "swap", label: "Swap two sensors" },
] as const;
const WHAT: Record<Action, string> = {
  delete: "Removes all samples of these sensors in the range.",
  shift: "Moves all samples of these sensors in the range to earlier or later times.",
  swap: "Gives each of two sensors the samples of the other: they were connected the wrong way round.",
};

interface Props {
  catalog: SiteCatalog;
  /** Ids to begin with. */
  sensors: string[];
  span: { start: number; end: number } | null;
  zone: Zone;
  close: () => void;
}

/** Delete, shift or swap stored samples: what it would do is counted first, and undone for 30 days after. */
export default function CorrectSamples({ catalog, sensors, span, zone, close }: Props) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const now = useNow();
  const [draft, setDraft] = useState(() => draftOf(sensors, span, zone.name));
  const correction = useCorrection(previewCorrection);
  const { found, counted, done, works } = correction;
  const { request, lacks } = requestOf(draft, zone.name, now);
  const changes = counted ? counted.removed + counted.added + counted.changed : 0;
  const leave = () => {
    if (done) void client.invalidateQueries({ queryKey: [tenant.slug] });
    close();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (request && !found) correction.ask(request);
  };
  return (
    <Modal opened onClose={leave} title="Correct samples" size={600}>
      <form className={ui.form} onSubmit={submit}>
        {!found && !works && (
          <>
            <Segments
              label="What to do"
              value={draft.action}
              choices={ACTIONS}
              onChange={(action) => setDraft({ ...draft, action })}
            />
            <p className={ui.quiet}>{WHAT[draft.action]}</p>
            <CorrectionFields draft={draft} setDraft={setDraft} catalog={catalog} zone={zone} />
          </>
        )}
        {works && (
          <p className={ui.quiet} role="status">
            {found && !found.dry_run ? "Writing" : "Counting"}…{" "}
            {found ? `${formatCount(found.progress.samples)} samples so far` : ""}
          </p>
        )}
        {(counted ?? done) && (
          <>
            <p className={styles.result} role="status">
              {resultText((counted ?? done)!, draft.action, counted !== null)}
            </p>
            <Counts result={(counted ?? done)!} catalog={catalog} />
            <p className={ui.quiet}>
              {counted
                ? "Nothing is written yet. What is removed or replaced is kept for 30 days, and can be brought back."
                : "It can be undone for 30 days, here and under Data, Corrections."}
            </p>
          </>
        )}
        {found?.error && <Trouble>{found.error}</Trouble>}
        {correction.error && <Trouble error={correction.error} />}
        <div className={ui.actions}>
          {!found && (
            <Button type="submit" loading={works} disabled={!request}>
              Preview
            </Button>
          )}
          {counted && changes > 0 && (
            <Button color="danger" data-danger onClick={correction.start}>
              {draft.action === "delete" ? "Delete" : draft.action === "shift" ? "Shift" : "Swap"}{" "}
              {formatCount(draft.action === "delete" ? counted.removed : changes)} samples
            </Button>
          )}
          {found && !works && !done && (
            <Button variant="default" onClick={correction.forget}>
              Change
            </Button>
          )}
          {found && works && (
            <Button variant="default" onClick={correction.cancel}>
              Stop
            </Button>
          )}
          {done && found && <Undo target={found.id} of="correction" />}
          <Button variant="default" onClick={leave}>
            {done ? "Close" : "Cancel"}
          </Button>
          {!found && !works && lacks && <span className={styles.lacks}>{lacks}</span>}
        </div>
      </form>
    </Modal>
  );
}

function Counts({ result, catalog }: { result: CorrectionResult; catalog: SiteCatalog }) {
  const rows = result.sensors ?? [];
  if (rows.length === 0) return null;
  return (
    <div className={`${ui.scrollX} ${styles.counts}`}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th>Sensor</th>
            <th className={ui.number}>Removed</th>
            <th className={ui.number}>Added</th>
            <th className={ui.number}>Replaced</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.sensor}>
              <td>{catalog.sensorById.get(row.sensor)?.tag ?? row.sensor}</td>
              <td className={ui.number}>{formatCount(row.removed ?? 0)}</td>
              <td className={ui.number}>{formatCount(row.added ?? 0)}</td>
              <td className={ui.number}>{formatCount(row.changed ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
