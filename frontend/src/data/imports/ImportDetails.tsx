import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { formatBytes, formatCount } from "../../format";
import { useZone } from "../../moment";
import { useAnnounced } from "../../stream";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Failed, ErrorMessage, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { Undo } from "../../corrections/Undo";
import { busy, cancelImport, readImport, startDry } from "../../api/imports";
import type { Import } from "../../api/imports";
import { ImportState } from "./ImportState";
import { Report } from "./Report";
import styles from "./imports.module.css";
import { texts } from "./texts";

interface Props {
  id: string;
  close: () => void;
  /** Starts an import with this mapping; absent for people who may not import. */
  edit?: (mapping: string) => void;
}

export function ImportDetails({ id, close, edit }: Props) {
  const tenant = useTenant()!;
  const zone = useZone();
  const announced = useAnnounced("jobs", tenant.slug);
  const one = useQuery({
    queryKey: [tenant.slug, "imports", id],
    queryFn: ({ signal }) => readImport(id, signal),
    refetchInterval: (query) => announced(busy(query.state.data) ? 700 : false),
  });
  const row = one.data;
  return (
    <Card
      title={row ? `${row.title}${row.dry_run ? texts.dryRunTitle : ""}` : texts.import}
      aside={
        <Button variant="default" onClick={close}>
          {texts.close}
        </Button>
      }
    >
      {one.isPending && <Loading />}
      {one.isError && <Failed error={one.error} />}
      {row && (
        <>
          <ImportState row={row} />{" "}
          <span className={ui.quiet}>
            {texts.by} {row.created_by}, <Ago ms={row.created} />
          </span>
          {busy(row) && (
            <p className={ui.quiet}>
              {row.state === "queued"
                ? texts.queuedHint
                : texts.progress(
                    formatBytes(row.progress.bytes),
                    formatBytes(row.progress.total_bytes),
                    formatCount(row.progress.rows),
                    formatCount(row.progress.samples),
                  )}
            </p>
          )}
          {edit && <ImportActions row={row} edit={edit} />}
          {row.report && <Report report={row.report} zone={zone.name} zoneLabel={zone.label} />}
        </>
      )}
    </Card>
  );
}

function ImportActions({ row, edit }: { row: Import; edit: (mapping: string) => void }) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [tenant.slug, "imports"] });
  const start = useMutation({ mutationFn: startDry, onSettled: again });
  const cancel = useMutation({ mutationFn: cancelImport, onSettled: again });
  const samples = row.report?.samples ?? 0;
  return (
    <>
      <div className={`${ui.actions} ${styles.importActions}`}>
        {row.startable && samples > 0 && (
          <Button loading={start.isPending} onClick={() => start.mutate(row.id)}>
            {texts.importSamples(formatCount(samples))}
          </Button>
        )}
        {row.mapping && !busy(row) && (
          <Button variant="default" onClick={() => edit(row.mapping)}>
            {row.startable ? texts.editMapping : texts.reuseMapping}
          </Button>
        )}
        {busy(row) && row.source !== "simulator" && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(row.id)}>
            {texts.cancel}
          </Button>
        )}
        {!busy(row) && !row.dry_run && row.source !== "simulator" && <Undo target={row.id} of="import" />}
      </div>
      {row.dry_run && row.state === "done" && !row.startable && <p className={ui.quiet}>{texts.filesDeleted}</p>}
      {(start.isError || cancel.isError) && <ErrorMessage error={start.error ?? cancel.error} />}
    </>
  );
}
