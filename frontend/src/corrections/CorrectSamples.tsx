import { Button, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SiteCatalog } from "../catalog";
import { formatCount } from "../format";
import { useNow } from "../moment";
import type { Zone } from "../moment";
import { useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Segments } from "../ui/Segments";
import { Trouble } from "../ui/states";
import { SubmitForm } from "../ui/SubmitForm";
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
import { texts } from "./texts";

const ACTIONS = [
  { value: "delete", label: texts.deleteLabel },
  { value: "shift", label: texts.shift },
  { value: "swap", label: texts.swap },
] as const;
const WHAT: Record<Action, string> = {
  delete: texts.removesAllSamplesThese,
  shift: texts.movesAllSamplesThese,
  swap: texts.exchangesSamplesTwoSensors,
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
  const submit = () => {
    if (request && !found) correction.ask(request);
  };
  return (
    <Modal opened onClose={leave} title={texts.correctSamples} size={600}>
      <SubmitForm onSubmit={submit}>
        {!found && !works && (
          <>
            <Segments
              label={texts.correction}
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
            {found && !found.dry_run ? texts.writing : texts.calculating}…{" "}
            {found ? texts.samplesSoFar(formatCount(found.progress.samples)) : ""}
          </p>
        )}
        {(counted ?? done) && (
          <>
            <p className={styles.result} role="status">
              {resultText((counted ?? done)!, draft.action, counted !== null)}
            </p>
            <Counts result={(counted ?? done)!} catalog={catalog} />
            <p className={ui.quiet}>{counted ? texts.nothingBeenChangedYet : texts.youCanUndoDays}</p>
          </>
        )}
        {found?.error && <Trouble>{found.error}</Trouble>}
        {correction.error && <Trouble error={correction.error} />}
        <div className={ui.actions}>
          {!found && (
            <Button type="submit" loading={works} disabled={!request}>
              {texts.preview}
            </Button>
          )}
          {counted && changes > 0 && (
            <Button color="danger" data-danger onClick={correction.start}>
              {draft.action === "delete" ? texts.deleteLabel : draft.action === "shift" ? texts.shift2 : texts.swap2}{" "}
              {formatCount(draft.action === "delete" ? counted.removed : changes)} {texts.samples}
            </Button>
          )}
          {found && !works && !done && (
            <Button variant="default" onClick={correction.forget}>
              {texts.edit}
            </Button>
          )}
          {found && works && (
            <Button variant="default" onClick={correction.cancel}>
              {texts.stop}
            </Button>
          )}
          {done && found && <Undo target={found.id} of="correction" />}
          <Button variant="default" onClick={leave}>
            {done ? texts.close : texts.cancel2}
          </Button>
          {!found && !works && lacks && <span className={styles.lacks}>{lacks}</span>}
        </div>
      </SubmitForm>
    </Modal>
  );
}

function Counts({ result, catalog }: { result: CorrectionResult; catalog: SiteCatalog }) {
  const rows = result.sensors ?? [];
  if (rows.length === 0) return null;
  return (
    <div className={styles.counts}>
      <DataTable
        rows={rows}
        keyOf={(row) => row.sensor}
        columns={[
          { head: texts.sensor, cell: (row) => catalog.sensorById.get(row.sensor)?.tag ?? row.sensor },
          { head: texts.removed, number: true, cell: (row) => formatCount(row.removed ?? 0) },
          { head: texts.added, number: true, cell: (row) => formatCount(row.added ?? 0) },
          { head: texts.replaced, number: true, cell: (row) => formatCount(row.changed ?? 0) },
        ]}
      />
    </div>
  );
}
