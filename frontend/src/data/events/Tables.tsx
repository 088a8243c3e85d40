import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatCount } from "../../format";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { AddTable } from "./AddTable";
import { readTables } from "./tablesApi";
import { texts } from "./texts";

export const useTables = () => {
  const tenant = useTenant()!;
  return useQuery({
    queryKey: [tenant.slug, "event tables", "list"],
    queryFn: ({ signal }) => readTables(signal),
  });
};

interface Props {
  open: string | null;
  show: (name: string) => void;
}

/** Look-up tables, which add to events what devices do not know. */
export function Tables({ open, show }: Props) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const list = useTables();
  return (
    <>
      <div className={ui.pageHead}>
        <h2>{texts.tables}</h2>
        <span className={ui.quiet}>{texts.tablesIntro}</span>
        <span className={ui.grow} />
        {tenant.role !== "viewer" && (
          <Button variant="default" onClick={() => setAdding(true)}>
            {texts.addTable}
          </Button>
        )}
      </div>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <p className={ui.quiet}>{texts.noTables}</p>
      ) : (
        <Card flush>
          <DataTable
            rows={list.data}
            keyOf={(row) => row.name}
            label={texts.tables}
            isSelected={(row) => row.name === open}
            onOpen={(row) => show(row.name)}
            columns={[
              {
                head: texts.tableName,
                cell: (row) => (
                  <button type="button" className={ui.link}>
                    {row.name}
                  </button>
                ),
              },
              { head: texts.keyField, cell: (row) => row.key },
              { head: texts.types, cell: (row) => row.types.join(", ") || texts.allTypes },
              { head: texts.rows, number: true, cell: (row) => formatCount(row.rows) },
              { head: texts.changed, cell: (row) => <Ago ms={row.version.created} /> },
            ]}
          />
        </Card>
      )}
      {adding && (
        <AddTable
          close={() => setAdding(false)}
          done={(name) => {
            setAdding(false);
            void client.invalidateQueries({ queryKey: [tenant.slug, "event tables"] });
            show(name);
          }}
        />
      )}
    </>
  );
}
