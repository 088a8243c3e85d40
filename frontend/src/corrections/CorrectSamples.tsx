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
import { ErrorMessage } from "../ui/states";
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
  { value: "delete", label: texts.delete },
  { value: "shift", label: texts.shift },
  { value: "swap", label: texts.swap },
] as const;
const HINTS: Record<Action, string> = {
  delete: texts.deleteHint,
  shift: texts.shiftHint,
  swap: texts.swapHint,
};

interface Props {
  catalog: SiteCatalog;
  /** Ids to begin with. */
  sensors: string[];
  span: { start: number; end: number } | null;
  zone: Zone;
  close: () => void;
}

/** Delete, shift or swap stored samples, with a preview first and an undo for 30 days afterwards. */
export default function CorrectSamples({ catalog, sensors, span, zone, close }: Props) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const now = useNow();
  const [draft, setDraft] = useState(() => draftOf(sensors, span, zone.name));
  const correction = useCorrection(previewCorrection);
  const { found, previewed, done, working } = correction;
  const { request, lacks } = requestOf(draft, zone.name, now);
  const changes = previewed ? previewed.removed + previewed.added + previewed.changed : 0;
  const leave = () => {
    if (done) void client.invalidateQueries({ queryKey: [tenant.slug] });
    close();
  };
  const submit = () => {
    if (request && !found) correction.preview(request);
  };
  return (
    <Modal opened onClose={leave} title={texts.correctSamples} size={600}>
      <SubmitForm onSubmit={submit}>
        {!found && !working && (
          <>
            <Segments
              label={texts.correction}
              value={draft.action}
              choices={ACTIONS}
              onChange={(action) => setDraft({ ...draft, action })}
            />
            <p className={ui.quiet}>{HINTS[draft.action]}</p>
            <CorrectionFields draft={draft} setDraft={setDraft} catalog={catalog} zone={zone} />
          </>
        )}
        {working && (
          <p className={ui.quiet} role="status">
            {found && !found.dry_run ? texts.writing : texts.calculating}…{" "}
            {found ? texts.samplesSoFar(formatCount(found.progress.samples)) : ""}
          </p>
        )}
        {(previewed ?? done) && (
          <>
            <p className={styles.result} role="status">
              {resultText((previewed ?? done)!, draft.action, previewed !== null)}
            </p>
            <Counts result={(previewed ?? done)!} catalog={catalog} />
            <p className={ui.quiet}>{previewed ? texts.nothingChangedYet : texts.undoHint}</p>
          </>
        )}
        {found?.error && <ErrorMessage>{found.error}</ErrorMessage>}
        {correction.error && <ErrorMessage error={correction.error} />}
        <div className={ui.actions}>
          {!found && (
            <Button type="submit" loading={working} disabled={!request}>
              {texts.preview}
            </Button>
          )}
          {previewed && changes > 0 && (
            <Button color="danger" data-danger onClick={correction.start}>
              {draft.action === "delete" ? texts.delete : draft.action === "shift" ? texts.shift : texts.swap}{" "}
              {formatCount(draft.action === "delete" ? previewed.removed : changes)} {texts.samples}
            </Button>
          )}
          {found && !working && !done && (
            <Button variant="default" onClick={correction.reset}>
              {texts.edit}
            </Button>
          )}
          {found && working && (
            <Button variant="default" onClick={correction.cancel}>
              {texts.stop}
            </Button>
          )}
          {done && found && <Undo target={found.id} of="correction" />}
          <Button variant="default" onClick={leave}>
            {done ? texts.close : texts.cancel}
          </Button>
          {!found && !working && lacks && <span className={styles.missing}>{lacks}</span>}
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
