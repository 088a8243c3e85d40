import { Button, FileButton, Modal } from "@mantine/core";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Problem } from "../../api/problem";
import { formatCount, formatMoment } from "../../format";
import { Inspector } from "../../frame";
import { useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { DataTable } from "../../ui/DataTable";
import { SubmitForm } from "../../ui/SubmitForm";
import { save } from "../../ui/save";
import { ErrorMessage, Failed } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { readCsv, readRows, removeTable, storeCsv } from "./tablesApi";
import type { Row, TableInfo } from "./tablesApi";
import { texts } from "./texts";

interface Props {
  table: TableInfo;
  close: () => void;
  changed: () => void;
}

/** A table's rows, page by page; as a file they are taken out and put back as a whole. */
export function TableDetails({ table, close, changed }: Props) {
  const tenant = useTenant()!;
  const may = tenant.role !== "viewer";
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "event tables", table.name, table.revision],
    queryFn: ({ pageParam, signal }) => readRows(table.name, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    retry: false,
  });
  const download = useMutation({
    mutationFn: () => readCsv(table.name),
    onSuccess: (file) => save(file, `${table.name}.csv`),
  });
  const forgetFile = useRef<() => void>(null); // so that a corrected file of the same name is another one
  const upload = useMutation({
    mutationFn: (file: File) => storeCsv(table, file),
    onSuccess: changed,
    onSettled: () => forgetFile.current?.(),
  });
  const remove = useMutation({
    mutationFn: () => removeTable(table),
    onSuccess: () => {
      close();
      changed();
    },
  });
  const [removing, setRemoving] = useState(false);
  const rows = list.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Inspector title={table.name} onClose={close}>
      <p className={ui.quiet}>{texts.tableFacts(table.key, table.timezone)}</p>
      <div className={ui.actions} style={{ marginBlock: 8 }}>
        <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
          {texts.download}
        </Button>
        {may && (
          <>
            <FileButton resetRef={forgetFile} accept=".csv,text/csv" onChange={(file) => file && upload.mutate(file)}>
              {(props) => (
                <Button variant="default" loading={upload.isPending} {...props}>
                  {texts.upload}
                </Button>
              )}
            </FileButton>
            <Button variant="default" onClick={() => setRemoving(true)}>
              {texts.removeTable}
            </Button>
          </>
        )}
      </div>
      {upload.isSuccess && !upload.isPending && <p role="status">{texts.uploaded(upload.data.rows)}</p>}
      <ErrorMessage error={download.error ?? upload.error} />
      <RowErrors error={upload.error} />
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : table.rows === 0 ? (
        <p className={ui.quiet}>{texts.noRows}</p>
      ) : (
        <TableRows rows={rows} zone={table.timezone} />
      )}
      {list.hasNextPage && (
        <div>
          <span className={ui.quiet}>{texts.rowsOf(formatCount(rows.length), formatCount(table.rows))}</span>{" "}
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {texts.moreRows}
          </Button>
        </div>
      )}
      {removing && (
        <Modal opened onClose={() => setRemoving(false)} title={texts.removeTable} size={440}>
          <SubmitForm onSubmit={() => remove.mutate()} error={remove.error}>
            <p>{texts.removeTableSure(table.name)}</p>
            <Actions does={texts.removeTable} close={() => setRemoving(false)} danger loading={remove.isPending} />
          </SubmitForm>
        </Modal>
      )}
    </Inspector>
  );
}

/** What else is wrong with a file, by row: the message before names the first. */
function RowErrors({ error }: { error: unknown }) {
  const errors = error instanceof Problem ? (error.extra.errors as { field: string; message: string }[]) : undefined;
  if (!errors || errors.length < 2) return null;
  return (
    <ul>
      {errors.slice(1).map(({ field, message }, place) => (
        <li key={place}>
          {field}: {message}
        </li>
      ))}
    </ul>
  );
}

function TableRows({ rows, zone }: { rows: Row[]; zone: string }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.values)))].sort();
  const time = (ms: number | null | undefined) => (ms == null ? "" : formatMoment(ms, zone));
  const times = [
    { head: texts.from, cell: (row: Row) => time(row.from) },
    { head: texts.to, cell: (row: Row) => time(row.to) },
    { head: texts.daily, cell: (row: Row) => row.daily?.join("–") ?? "" },
  ].filter(({ cell }) => rows.some((row) => cell(row)));
  return (
    <DataTable
      rows={rows.map((row, place) => ({ ...row, place }))}
      keyOf={(row) => String(row.place)}
      label={texts.rows}
      columns={[
        { head: texts.key, cell: (row) => <span style={{ whiteSpace: "nowrap" }}>{row.key || texts.anyKey}</span> },
        ...names.map((name) => ({ head: name, cell: (row: Row) => row.values[name] ?? "" })),
        ...times,
      ]}
    />
  );
}
