import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatBytes, formatCount } from "../format";
import { useParam, useZone } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { Empty, Failed, Trouble, Waiting } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { busy, cancelImport, readImport, readImports, startDry } from "./api";
import type { Import } from "./api";
import { NewImport } from "./NewImport";
import { Report } from "./Report";
import { Undo } from "./Undo";
import styles from "./data.module.css";

const LOOK: Record<string, [string, string, string]> = {
  queued: ["○", ui.off!, "Waiting"],
  cancelled: ["○", ui.off!, "Cancelled"],
  running: ["◐", ui.working!, "Running"],
  done: ["●", ui.good!, "Done"],
  failed: ["■", ui.bad!, "Failed"],
};

export function Imports() {
  const tenant = useTenant()!;
  const [open, setOpen] = useParam("import");
  const [making, setMaking] = useState(false);
  const list = useQuery({
    queryKey: [tenant.slug, "imports"],
    queryFn: ({ signal }) => readImports(100, signal),
    refetchInterval: (query) => (query.state.data?.some(busy) ? 1000 : 10_000),
  });
  const may = tenant.role !== "viewer";
  const start = may && <Button onClick={() => setMaking(true)}>Import history</Button>;
  return (
    <>
      <div className={ui.pageHead}>
        <span className={ui.quiet}>History from CSV files: one column a sensor, or one row a sample.</span>
        <span className={ui.grow} />
        {!!list.data?.length && start}
      </div>
      {making && (
        <NewImport
          close={() => setMaking(false)}
          started={(id) => {
            setMaking(false);
            setOpen(id);
            void list.refetch();
          }}
        />
      )}
      {open && <Opened id={open} close={() => setOpen(null)} />}
      {list.isPending ? (
        <Waiting />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty title="Nothing was imported yet" action={start}>
          {may
            ? "Try it dry first: it reports rows, range, duplicates, gaps and cells it cannot read, and writes nothing."
            : "Engineers of this tenant can import files of history."}
        </Empty>
      ) : (
        <Card flush>
          <div className={ui.scrollX}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>Import</th>
                  <th>State</th>
                  <th className={ui.number}>Rows</th>
                  <th className={ui.number}>Samples</th>
                  <th className={ui.number}>When</th>
                </tr>
              </thead>
              <tbody>
                {list.data.map((row) => (
                  <tr
                    key={row.id}
                    data-action
                    data-selected={row.id === open || undefined}
                    onClick={() => setOpen(row.id)}
                  >
                    <td>
                      <button type="button" className={`${ui.link} ${styles.strong}`}>
                        {row.title}
                      </button>
                      {row.dry_run && <span className={ui.chip}>dry run</span>}
                    </td>
                    <td className={styles.stateCell}>
                      <StateOf row={row} />
                    </td>
                    <td className={ui.number}>{formatCount(row.report?.rows ?? row.progress.rows)}</td>
                    <td className={ui.number}>{formatCount(row.samples)}</td>
                    <td className={ui.number}>
                      <Ago ms={row.created} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Card>
      )}
    </>
  );
}

function StateOf({ row }: { row: Import }) {
  const [mark, look, word] = LOOK[row.state] ?? ["○", ui.off!, row.state];
  return (
    <>
      <span className={`${ui.status} ${look}`}>
        <span aria-hidden="true">{mark}</span> {word}
        {busy(row) && row.share !== null && ` ${Math.floor(row.share * 100)} %`}
      </span>
      {busy(row) && row.share !== null && (
        <div className={ui.bar} style={{ marginTop: 4 }}>
          <div style={{ width: `${row.share * 100}%` }} />
        </div>
      )}
      {row.error && <div className={ui.sub}>{row.error}</div>}
    </>
  );
}

function Opened({ id, close }: { id: string; close: () => void }) {
  const tenant = useTenant()!;
  const may = tenant.role !== "viewer";
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [tenant.slug, "imports"] });
  const start = useMutation({ mutationFn: startDry, onSettled: again });
  const cancel = useMutation({ mutationFn: cancelImport, onSettled: again });
  const zone = useZone();
  const one = useQuery({
    queryKey: [tenant.slug, "imports", id],
    queryFn: ({ signal }) => readImport(id, signal),
    refetchInterval: (query) => (busy(query.state.data) ? 700 : false),
  });
  const row = one.data;
  return (
    <Card
      title={row ? `${row.title}${row.dry_run ? " (dry run: nothing was written)" : ""}` : "Import"}
      aside={
        <Button variant="default" onClick={close}>
          Close
        </Button>
      }
    >
      {one.isError && <Failed error={one.error} />}
      {row && (
        <>
          <StateOf row={row} />
          {may && (row.startable || (busy(row) && row.source === "upload")) && (
            <div className={ui.actions} style={{ margin: "8px 0" }}>
              {row.startable && (
                <Button loading={start.isPending} onClick={() => start.mutate(row.id)}>
                  Import it for real
                </Button>
              )}
              {busy(row) && (
                <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(row.id)}>
                  Cancel
                </Button>
              )}
            </div>
          )}
          {(start.isError || cancel.isError) && <Trouble error={start.error ?? cancel.error} />}
          {busy(row) && (
            <p className={ui.quiet}>
              {formatBytes(row.progress.bytes)} of {formatBytes(row.progress.total_bytes)} ·{" "}
              {formatCount(row.progress.rows)} rows · {formatCount(row.progress.samples)} samples
            </p>
          )}
          {may && !busy(row) && !row.dry_run && row.source === "upload" && <Undo id={row.id} />}
          {row.report && <Report report={row.report} zone={zone.name} />}
        </>
      )}
    </Card>
  );
}
