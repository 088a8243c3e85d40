import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSiteCatalog } from "../catalog";
import { useNow, useZone } from "../moment";
import { useAnnounced } from "../stream";
import { useSite, useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Earlier } from "../ui/Earlier";
import { Card } from "../ui/Card";
import { Empty, Failed, Loading } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { isActive, readCorrections } from "./api";
import type { Correction } from "./api";
import { CorrectButton } from "./CorrectButton";
import { Undo } from "./Undo";
import { UNDO_PERIOD_MS, describeCorrection, resultText } from "./wording";
import styles from "./corrections.module.css";
import { texts } from "./texts";

const ACTIONS: Record<Correction["action"], string> = {
  delete: texts.delete,
  shift: texts.shift,
  swap: texts.swap,
  convert: texts.convert,
  undo: texts.undo,
};
const STATES: Record<Correction["state"], string> = {
  queued: texts.queued,
  running: texts.running,
  done: texts.done,
  failed: texts.failed,
  cancelled: texts.cancelled,
};

/** Corrections of stored samples, and their undo. */
export function Corrections() {
  const tenant = useTenant()!;
  const zone = useZone();
  const now = useNow();
  const { catalog } = useSiteCatalog(useSite()?.id);
  const [undoing, setUndoing] = useState<string | null>(null);
  const announced = useAnnounced("jobs", tenant.slug);
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "corrections"],
    queryFn: ({ pageParam, signal }) => readCorrections(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: (query) =>
      announced(query.state.data?.pages.some((each) => each.results.some(isActive)) ? 1000 : 10_000),
  });
  const may = tenant.role !== "viewer";
  const rows = (list.data?.pages.flatMap((each) => each.results) ?? []).filter((row) => !row.dry_run);
  const tagOf = (id: string) => catalog?.sensorById.get(id)?.tag ?? id;
  const begin = <CorrectButton sensors={[]} span={null} label={texts.correctSamples} />;
  const undoable = (row: Correction) =>
    may && !isActive(row) && row.action !== "undo" && now - (row.finished ?? row.created) < UNDO_PERIOD_MS;
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <div className={ui.pageHead}>
        <span className={ui.quiet}>{texts.correctionsIntro}</span>
        <span className={ui.grow} />
        {rows.length > 0 && begin}
      </div>
      {rows.length === 0 ? (
        <Empty title={texts.noCorrections} action={begin}>
          {may ? texts.noCorrectionsEngineer : texts.noCorrectionsViewer}
        </Empty>
      ) : (
        <Card flush>
          <DataTable
            rows={rows}
            keyOf={(row) => row.id}
            label={texts.corrections}
            columns={[
              {
                head: texts.correction,
                cell: (row) => <span style={{ fontWeight: 600 }}>{ACTIONS[row.action]}</span>,
              },
              {
                head: texts.samplesWithZone(zone.label),
                className: styles.request,
                cell: (row) => (
                  <>
                    {describeCorrection(row, tagOf, zone.name)}
                    {row.result && <div className={ui.sub}>{resultText(row.result, row.action, false)}</div>}
                    {row.error && <div className={ui.sub}>{row.error}</div>}
                  </>
                ),
              },
              { head: texts.state, cell: (row) => STATES[row.state] },
              { head: texts.by, cell: (row) => row.created_by },
              { head: texts.started, number: true, cell: (row) => <Ago ms={row.created} /> },
              {
                cell: (row) =>
                  undoable(row) &&
                  (undoing === row.id ? (
                    <div className={ui.actions}>
                      <Undo target={row.id} of="correction" />
                    </div>
                  ) : (
                    <button type="button" className={ui.link} onClick={() => setUndoing(row.id)}>
                      {texts.undo}
                    </button>
                  )),
              },
            ]}
          />
        </Card>
      )}
      <Earlier list={list} />
    </>
  );
}
