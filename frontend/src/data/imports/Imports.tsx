import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { formatCount } from "../../format";
import { useParam } from "../../moment";
import { useAnnounced } from "../../stream";
import { useSite, useTenant } from "../../tenant";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Card } from "../../ui/Card";
import { Empty, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { busy, readImports } from "../../api/imports";
import { ImportState } from "./ImportState";
import type { Draft } from "./NewImport";
import { ImportDetails } from "./ImportDetails";
import styles from "./imports.module.css";
import { texts } from "./texts";
import { lazy } from "../../ui/lazy";

const NewImport = lazy(() => import("./NewImport"));

const SOURCES: Record<string, string> = { command: texts.command, simulator: texts.simulator };

export function Imports() {
  const tenant = useTenant()!;
  const site = useSite();
  const [open, setOpen] = useParam("import");
  const [making, setMaking] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const announced = useAnnounced("jobs", tenant.slug);
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "imports"],
    queryFn: ({ pageParam, signal }) => readImports(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: (query) =>
      announced(query.state.data?.pages.some((each) => each.results.some(busy)) ? 1000 : 10_000),
  });
  const rows = list.data?.pages.flatMap((each) => each.results) ?? [];
  const may = tenant.role !== "viewer";
  const begin = (text?: string) => {
    setDraft((known) => ({ files: known?.files ?? [], text: text ?? known?.text ?? firstText(site?.slug) }));
    setMaking(true);
  };
  const start = may && !making && <Button onClick={() => begin()}>{texts.importHistory}</Button>;
  return (
    <>
      <div className={ui.pageHead}>
        <span className={ui.quiet}>{texts.importsIntro}</span>
        <span className={ui.grow} />
        {rows.length > 0 && start}
      </div>
      {making && draft && (
        <Suspense fallback={<Loading />}>
          <NewImport
            draft={draft}
            setDraft={setDraft}
            close={() => setMaking(false)}
            started={(id) => {
              setMaking(false);
              setOpen(id);
              void list.refetch();
            }}
          />
        </Suspense>
      )}
      {open && !making && (
        <ImportDetails key={open} id={open} close={() => setOpen(null)} edit={may ? begin : undefined} />
      )}
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        !making && (
          <Empty title={texts.noImports} action={start}>
            {may ? texts.noImportsEngineer : texts.noImportsViewer}
          </Empty>
        )
      ) : (
        <Card flush title={making ? texts.previousImports : undefined}>
          <DataTable
            rows={rows}
            keyOf={(row) => row.id}
            label={texts.imports}
            isSelected={(row) => row.id === open}
            onOpen={(row) => {
              setMaking(false);
              setOpen(row.id);
            }}
            columns={[
              {
                head: texts.import,
                className: styles.title,
                cell: (row) => (
                  <>
                    <button type="button" className={`${ui.link} ${styles.strong}`}>
                      {row.title}
                    </button>{" "}
                    {row.dry_run && <span className={ui.chip}>{texts.dryRunInline}</span>}{" "}
                    {SOURCES[row.source ?? ""] && <span className={ui.chip}>{SOURCES[row.source!]}</span>}
                  </>
                ),
              },
              { head: texts.state, className: styles.stateCell, cell: (row) => <ImportState row={row} /> },
              { head: texts.rows, number: true, cell: (row) => formatCount(row.report?.rows ?? row.progress.rows) },
              { head: texts.samples, number: true, cell: (row) => formatCount(row.samples) },
              { head: texts.byHead, cell: (row) => row.created_by },
              { head: texts.started, number: true, cell: (row) => <Ago ms={row.created} /> },
            ]}
          />
        </Card>
      )}
      <Earlier list={list} />
    </>
  );
}

const firstText = (site: string | undefined) => `${site ? `site: ${JSON.stringify(site)}\n` : ""}layout: wide\n`;
