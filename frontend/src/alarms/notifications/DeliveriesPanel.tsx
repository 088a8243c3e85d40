import { Button, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { tenantOfPath } from "../../api/client";
import { PriorityMark } from "../../alarmData";
import { formatMoment } from "../../format";
import { hrefWith, useParam, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { readDeliveries } from "./api";
import type { Delivery, DeliveryState } from "./api";
import { useChannels } from "./data";
import styles from "./notifications.module.css";
import { texts } from "./texts";

const PAGE_SIZE = 100;
const REFRESH_MS = 10_000;
const STATES = Object.keys(texts.states) as DeliveryState[];
/** What a state looks like; the word says it, too. */
const TONES: Record<DeliveryState, string | undefined> = {
  waiting: ui.off,
  sending: ui.working,
  sent: ui.good,
  failed: ui.bad,
  doubtful: ui.bad,
  cancelled: ui.off,
};

/** Each message, newest first, with what became of it. */
export function DeliveriesPanel() {
  const [state, setState] = useParam("state");
  const [channel, setChannel] = useParam("channel");
  const [key, setKey] = useParam("key");
  const channels = useChannels().data ?? [];
  const query = { state: state ?? undefined, channel: channel ?? undefined, key: key ?? undefined };
  const list = useInfiniteQuery({
    queryKey: [tenantOfPath(), "notification", "deliveries", query],
    queryFn: ({ pageParam, signal }) => readDeliveries({ ...query, limit: PAGE_SIZE }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: REFRESH_MS,
  });
  const rows = list.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <>
      <div className={styles.filters}>
        <Select
          aria-label={texts.state}
          placeholder={texts.anyState}
          clearable
          data={STATES.map((value) => ({ value, label: texts.states[value] }))}
          value={STATES.find((each) => each === state) ?? null}
          onChange={(value) => setState(value)}
        />
        <Select
          aria-label={texts.channel}
          placeholder={texts.anyChannel}
          clearable
          data={channels.map((each) => ({ value: each.id, label: each.name }))}
          value={channel}
          onChange={(value) => setChannel(value)}
        />
        {key && (
          <p className={styles.ofAlarm}>
            {texts.ofAlarm}
            <Button variant="default" onClick={() => setKey(null)}>
              {texts.allDeliveries}
            </Button>
          </p>
        )}
      </div>
      {list.isError ? (
        <Failed error={list.error} what={texts.failed} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Empty title={texts.noDeliveries}>{texts.noDeliveriesHint}</Empty>
      ) : (
        <>
          <Card flush>
            <Deliveries rows={rows} channelName={(id) => channels.find((each) => each.id === id)?.name} />
          </Card>
          <Earlier list={list} />
        </>
      )}
    </>
  );
}

interface Props {
  rows: readonly Delivery[];
  channelName: (id: string) => string | undefined;
}

function Deliveries({ rows, channelName }: Props) {
  const zone = useZone().name;
  const tenant = useTenant();
  return (
    <DataTable
      rows={rows}
      keyOf={(row) => row.id}
      label={texts.deliveries}
      cards
      columns={[
        {
          head: texts.time,
          className: styles.time,
          cell: (row) => formatMoment(row.ended ?? row.due, zone),
        },
        {
          head: texts.state,
          cell: (row) => (
            <span className={`${ui.status} ${TONES[row.state] ?? ""}`} title={texts.stateHints[row.state]}>
              {texts.states[row.state]}
            </span>
          ),
        },
        {
          head: texts.alarm,
          className: styles.alarm,
          cell: (row) => (
            <>
              <PriorityMark priority={row.priority} size={16} />{" "}
              <Link href={hrefWith(`/t/${tenant?.slug}/alarms`, { alarm: row.key })}>
                {row.alarms > 1 ? texts.alarms(row.alarms) : row.name}
              </Link>
              <div className={ui.sub}>
                {[row.route_name, texts.step(row.step + 1), texts.reasons[row.reason]].filter(Boolean).join(" · ")}
              </div>
            </>
          ),
        },
        { head: texts.recipient, className: styles.where, cell: (row) => row.recipient },
        {
          head: texts.by,
          cell: (row) => (row.channel ? (channelName(row.channel) ?? texts.kinds[row.kind]) : texts.ownMail),
        },
        {
          head: texts.outcome,
          className: styles.where,
          cell: (row) => (
            <>
              {row.detail}
              {row.attempts > 1 && <div className={ui.sub}>{texts.attempts(row.attempts)}</div>}
            </>
          ),
        },
      ]}
    />
  );
}
