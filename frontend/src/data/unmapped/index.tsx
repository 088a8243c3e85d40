import { Button, Checkbox, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Sensor } from "../../api/types";
import { formatAge, formatValue } from "../../format";
import { hrefWith, useNow, useParam } from "../../moment";
import { useSites, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { useValues } from "../../values";
import { DataPage } from "../DataPage";
import { ManySensors } from "./ManySensors";
import { OneSensor } from "./OneSensor";
import { readUnmapped } from "./api";
import { seriesText } from "./naming";
import styles from "./unmapped.module.css";
import { texts } from "./texts";

const MAX_LIVE = 500; // values that are followed

/** Sensors that arrivals created: they are named here, one or many at once. */
export function Unmapped() {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const [open, setOpen] = useParam("sensor");
  const [filter, setFilter] = useParam("q");
  const [selected, setSelected] = useState<ReadonlyMap<string, Sensor>>(new Map());
  const [named, setNamed] = useState(0);
  const q = filter ?? "";
  const list = useInfiniteQuery({
    queryKey: [tenant.slug, "unmapped", "list", q],
    queryFn: ({ pageParam, signal }) => readUnmapped(q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const rows = list.data?.pages.flatMap((each) => each.results) ?? [];
  const mayEdit = tenant.role !== "viewer";
  const shown = rows.find((row) => row.id === open);
  const close = () => setOpen(null);
  const done = (count: number) => {
    setNamed(count);
    setSelected(new Map());
    close();
    void client.invalidateQueries({ queryKey: [tenant.slug] });
  };
  const toggle = (sensor: Sensor) => {
    const next = new Map(selected);
    if (!next.delete(sensor.id)) next.set(sensor.id, sensor);
    setSelected(next);
    close();
  };
  const all = rows.length > 0 && rows.every((row) => selected.has(row.id));
  const inspector =
    selected.size > 0 && !shown ? (
      <ManySensors
        key={[...selected.keys()].join()}
        sensors={[...selected.values()]}
        close={() => setSelected(new Map())}
        done={done}
      />
    ) : (
      shown && <OneSensor key={shown.id} sensor={shown} mayEdit={mayEdit} close={close} done={done} />
    );
  return (
    <DataPage part="unmapped" inspector={inspector}>
      <div className={ui.pageHead}>
        <span className={ui.quiet}>{mayEdit ? texts.intro : `${texts.intro} ${texts.viewersOnly}`}</span>
        <span className={ui.grow} />
        {(rows.length > 0 || q) && (
          <TextInput
            data-filter
            className={styles.filter}
            aria-label={texts.filter}
            placeholder={texts.filter}
            value={q}
            onChange={(event) => setFilter(event.currentTarget.value || null)}
          />
        )}
        {shown && selected.size > 0 && (
          <Button variant="default" onClick={close}>
            {texts.nameSelected(selected.size)}
          </Button>
        )}
      </div>
      {named > 0 && <p role="status">{texts.named(named)}</p>}
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty
          title={q ? texts.noneFound : texts.none}
          action={<Link href={hrefWith(`/t/${tenant.slug}/data/mapping`)}>{texts.mapping}</Link>}
        >
          {!q && texts.noneWhy}
        </Empty>
      ) : (
        <SensorList
          rows={rows}
          open={open}
          setOpen={setOpen}
          selected={mayEdit ? selected : undefined}
          toggle={toggle}
          all={all}
          toggleAll={() =>
            setSelected(all ? new Map() : new Map([...selected, ...rows.map((r) => [r.id, r] as const)]))
          }
        />
      )}
      <Earlier list={list} />
    </DataPage>
  );
}

interface ListProps {
  rows: Sensor[];
  open: string | null;
  setOpen: (id: string | null) => void;
  /** Absent for those who may not name them. */
  selected?: ReadonlyMap<string, Sensor>;
  toggle: (sensor: Sensor) => void;
  all: boolean;
  toggleAll: () => void;
}

function SensorList({ rows, open, setOpen, selected, toggle, all, toggleAll }: ListProps) {
  const sites = new Map(useSites().data?.map((site) => [site.id, site.slug]));
  const now = useNow();
  const values = useValues({ sensors: rows.slice(0, MAX_LIVE).map((row) => row.id) });
  const latest = (row: Sensor) => values.data?.bySensor.get(row.id);
  return (
    <Card flush>
      <DataTable
        rows={rows}
        keyOf={(row) => row.id}
        label={texts.sensors}
        isSelected={(row) => row.id === open || !!selected?.has(row.id)}
        onOpen={(row) => setOpen(row.id)}
        columns={[
          selected && {
            head: <Checkbox aria-label={texts.selectAll} checked={all} onChange={toggleAll} />,
            className: styles.check,
            cell: (row) => (
              <Checkbox
                aria-label={texts.select(row.tag)}
                checked={selected.has(row.id)}
                onClick={(event) => event.stopPropagation()}
                onChange={() => toggle(row)}
              />
            ),
          },
          {
            head: texts.tag,
            className: styles.tag,
            cell: (row) => (
              <button type="button" className={`${ui.link} ${styles.open}`}>
                {row.tag}
              </button>
            ),
          },
          { head: texts.series, className: styles.series, cell: (row) => <code>{seriesText(row)}</code> },
          { head: texts.site, cell: (row) => sites.get(row.site) },
          { head: texts.value, number: true, cell: (row) => formatValue(latest(row)?.v ?? null, null, row) },
          {
            head: texts.age,
            number: true,
            cell: (row) => {
              const t = latest(row)?.t;
              return t ? formatAge(now - t) : texts.never;
            },
          },
        ]}
      />
    </Card>
  );
}
