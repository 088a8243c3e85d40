import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { durationName, formatCount } from "../../format";
import { useParam } from "../../moment";
import { useAnnounced } from "../../stream";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Segments } from "../../ui/Segments";
import { Empty, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { DataPage } from "../DataPage";
import { useFilter } from "../useFilter";
import { AddDevice } from "./Add";
import { DeviceDetails } from "./DeviceDetails";
import { StateMark } from "./StateMark";
import { readDevice, readDevices } from "./api";
import type { Device, DeviceList, State } from "./api";
import styles from "./devices.module.css";
import { STATES, texts } from "./texts";

/** The devices of the tenant: their states, what they report, and their commands. */
export function Devices() {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const every = useAnnounced("devices", tenant.slug);
  const [open, setOpen] = useParam("device");
  const [state, setState] = useParam("state");
  const [text] = useParam("q");
  const [adding, setAdding] = useState(false);
  const filter = { state: state && Object.hasOwn(STATES, state) ? (state as State) : null, text: text ?? "" };
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "devices", "list", filter],
    queryFn: ({ pageParam, signal }) => readDevices(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: every(10_000),
  });
  const rows = list.data?.pages.flatMap((each) => each.results) ?? [];
  const inList = rows.find((row) => row.id === open);
  const one = useQuery({
    queryKey: [tenant.slug, "devices", open],
    queryFn: ({ signal }) => readDevice(open!, signal),
    enabled: !!open && !inList && !list.isPending,
    retry: false,
  });
  const shown = inList ?? (open ? one.data : undefined);
  const refresh = () => void client.invalidateQueries({ queryKey: [tenant.slug, "devices"] });
  const counts = list.data?.pages[0]?.counts;
  const add = tenant.role !== "viewer" && <Button onClick={() => setAdding(true)}>{texts.add}</Button>;
  const details = shown && (
    <DeviceDetails
      key={shown.id}
      device={shown}
      close={() => setOpen(null)}
      removed={() => {
        setOpen(null);
        refresh();
      }}
    />
  );
  return (
    <DataPage part="devices" inspector={details}>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : totalOf(counts) === 0 ? (
        <NoDevices action={add} />
      ) : (
        <>
          <Head counts={counts!} state={filter.state} choose={setState} action={add} />
          {open && !inList && one.isError && <p role="alert">{texts.gone}</p>}
          {rows.length === 0 ? (
            <p className={ui.quiet}>{texts.noMatch}</p>
          ) : (
            <Card flush>
              <DeviceTable rows={rows} open={open} show={setOpen} />
            </Card>
          )}
          <Earlier list={list} />
        </>
      )}
      {adding && (
        <AddDevice
          close={() => setAdding(false)}
          done={(device) => {
            setAdding(false);
            refresh();
            setOpen(device.id);
          }}
        />
      )}
    </DataPage>
  );
}

const totalOf = (counts: DeviceList["counts"] | undefined) =>
  counts ? counts.online + counts.late + counts.offline + counts.unseen : 0;

interface HeadProps {
  counts: DeviceList["counts"];
  state: State | null;
  choose: (state: string | null) => void;
  action: React.ReactNode;
}

function Head({ counts, state, choose, action }: HeadProps) {
  const { field } = useFilter();
  const states = (Object.keys(STATES) as State[]).map((value) => ({
    value,
    label: `${STATES[value]} ${formatCount(counts[value])}`,
  }));
  return (
    <div className={ui.pageHead}>
      <Segments
        label={texts.state}
        value={state ?? "all"}
        onChange={(value) => choose(value === "all" ? null : value)}
        choices={[{ value: "all", label: texts.all }, ...states]}
      />
      {field(texts.filter)}
      <span className={ui.quiet}>{texts.count(formatCount(totalOf(counts)), formatCount(counts.maximum))}</span>
      <span className={ui.grow} />
      {action}
    </div>
  );
}

function NoDevices({ action }: { action: React.ReactNode }) {
  const heartbeat = `curl -H "Authorization: Bearer $TOKEN" \\
  ${window.location.origin}/api/v1/device/heartbeat \\
  --json '{"device": "Press 7", "firmware": "2.4.1", "interval_s": 60}'`;
  return (
    <Empty title={texts.none} action={action}>
      <p>{texts.noneWhy}</p>
      <pre className={`${ui.pre} ${styles.example}`}>{heartbeat}</pre>
      <p>{texts.noneToken}</p>
    </Empty>
  );
}

interface TableProps {
  rows: Device[];
  open: string | null;
  show: (id: string) => void;
}

function DeviceTable({ rows, open, show }: TableProps) {
  return (
    <DataTable
      rows={rows}
      keyOf={(row) => row.id}
      label={texts.devices}
      isSelected={(row) => row.id === open}
      onOpen={(row) => show(row.id)}
      columns={[
        {
          head: texts.name,
          className: styles.name,
          cell: (row) => (
            <button type="button" className={`${ui.link} ${styles.open}`}>
              {row.name}
            </button>
          ),
        },
        { head: texts.state, className: styles.state, cell: (row) => <StateMark state={row.state} /> },
        {
          head: texts.lastHeard,
          className: styles.when,
          cell: (row) => (row.last_heard === null ? texts.never : <Ago ms={row.last_heard} />),
        },
        {
          head: texts.interval,
          number: true,
          className: styles.when,
          cell: (row) => durationName(row.interval_s * 1_000),
        },
        { head: texts.firmware, className: styles.clipped, cell: (row) => row.firmware },
        { head: texts.configuration, className: styles.clipped, cell: (row) => row.configuration },
        { head: texts.note, className: styles.clipped, cell: (row) => row.note },
      ]}
    />
  );
}
