import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "../../moment";
import { useAnnounced } from "../../stream";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { DataPage } from "../DataPage";
import { EventTypeDetails } from "./EventType";
import { TableDetails } from "./TableDetails";
import { Tables, useTables } from "./Tables";
import { readTypes } from "./api";
import { texts } from "./texts";

/** Types of events: their schemas, and what does not fit these. */
export function EventTypes() {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [params, change] = useParams();
  const [open, table] = [params.get("type"), params.get("table")];
  const show = (type: string | null, table: string | null) => change({ type, table }, { replace: true });
  const tables = useTables();
  const announced = useAnnounced("events", tenant.slug);
  const list = useQuery({
    queryKey: [tenant.slug, "event types", "list"],
    queryFn: ({ signal }) => readTypes(signal),
    refetchInterval: announced(10_000),
  });
  const shownTable = tables.data?.find((row) => row.name === table);
  const shown = list.data?.find((row) => row.type === open);
  const refresh = () => void client.invalidateQueries({ queryKey: [tenant.slug, "event types"] });
  return (
    <DataPage
      part="events"
      inspector={
        shown ? (
          <EventTypeDetails key={shown.type} type={shown} close={() => show(null, null)} changed={refresh} />
        ) : (
          shownTable && (
            <TableDetails
              key={shownTable.name}
              table={shownTable}
              close={() => show(null, null)}
              changed={() => void client.invalidateQueries({ queryKey: [tenant.slug, "event tables", "list"] })}
            />
          )
        )
      }
    >
      <div className={ui.pageHead}>
        <span className={ui.quiet}>{texts.intro}</span>
      </div>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty title={texts.none}>{texts.noneWhy}</Empty>
      ) : (
        <Card flush>
          <DataTable
            rows={list.data}
            keyOf={(row) => row.type}
            label={texts.types}
            isSelected={(row) => row.type === open}
            onOpen={(row) => show(row.type, null)}
            columns={[
              {
                head: texts.type,
                cell: (row) => (
                  <button type="button" className={ui.link}>
                    {row.type}
                  </button>
                ),
              },
              { head: texts.schema, cell: (row) => (row.version ? texts.version(row.version) : texts.noSchema) },
              { head: texts.fields, number: true, cell: (row) => Object.keys(row.fields).length || "" },
              { head: texts.lastArrival, cell: (row) => row.last_arrival !== null && <Ago ms={row.last_arrival} /> },
            ]}
          />
        </Card>
      )}
      <Tables open={table} show={(name) => show(null, name)} />
    </DataPage>
  );
}
