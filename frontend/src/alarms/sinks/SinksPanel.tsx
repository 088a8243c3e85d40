import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactNode } from "react";
import { formatAge, formatCount, formatDate } from "../../format";
import { useNow } from "../../moment";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty, ErrorMessage, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { testSink, useSinks } from "./api";
import type { Sink } from "./api";
import { SinkDialog } from "./SinkDialog";
import styles from "./sinks.module.css";
import { texts } from "./texts";

/** The brokers to which alarms are published, how each does, and a test. */
export function SinksPanel({ mayEdit }: { mayEdit: boolean }) {
  const list = useSinks();
  const [open, setOpen] = useState<Sink | "new" | null>(null);
  if (list.isError && !list.data)
    return <Failed error={list.error} what={texts.failed} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const add = mayEdit && <Button onClick={() => setOpen("new")}>{texts.add}</Button>;
  return (
    <>
      {list.data.length === 0 ? (
        <Empty title={texts.none} action={add}>
          <p>{texts.noneHint}</p>
          {!mayEdit && <p>{texts.noneEngineer}</p>}
        </Empty>
      ) : (
        <Sinks sinks={list.data} mayEdit={mayEdit} open={setOpen} add={add} />
      )}
      {open && <SinkDialog sink={open === "new" ? undefined : open} mayEdit={mayEdit} close={() => setOpen(null)} />}
    </>
  );
}

interface Props {
  sinks: readonly Sink[];
  mayEdit: boolean;
  open: (sink: Sink) => void;
  add: ReactNode;
}

const whereOf = ({ settings }: Sink) =>
  settings.kind === "mqtt" ? `${settings.host}:${settings.port}` : settings.servers.join(", ");

function Sinks({ sinks, mayEdit, open, add }: Props) {
  const [tested, setTested] = useState<Sink | null>(null);
  const test = useMutation({ mutationFn: testSink, onMutate: setTested });
  return (
    <>
      {tested && !test.isPending && (
        <div className={styles.tested}>
          {test.data?.ok ? (
            <p role="status" className={ui.status}>
              {texts.testSent(tested.name, test.data.topic, test.data.took_ms)}
            </p>
          ) : (
            <ErrorMessage error={test.error}>
              {test.data && texts.testFailed(tested.name, test.data.detail)}
            </ErrorMessage>
          )}
          <Button variant="default" onClick={() => setTested(null)}>
            {texts.dismiss}
          </Button>
        </div>
      )}
      <Card title={texts.sinks} aside={add} flush>
        <DataTable
          rows={sinks}
          keyOf={(sink) => sink.id}
          label={texts.sinks}
          onOpen={open}
          isFaint={(sink) => !sink.enabled}
          cards
          columns={[
            {
              head: texts.name,
              className: styles.name,
              cell: (sink) => (
                <button type="button" className={ui.link}>
                  {sink.name}
                </button>
              ),
            },
            { head: texts.state, className: styles.state, cell: (sink) => <State sink={sink} /> },
            { head: texts.kind, cell: (sink) => texts.kinds[sink.settings.kind] },
            { head: texts.where, className: styles.where, cell: (sink) => <Where sink={sink} /> },
            { head: texts.topic, className: styles.where, cell: (sink) => sink.settings.topic },
            mayEdit && {
              number: true,
              cell: (sink: Sink) => (
                <Button
                  variant="default"
                  aria-label={texts.testOf(sink.name)}
                  loading={test.isPending && tested?.id === sink.id}
                  disabled={test.isPending}
                  onClick={(event) => {
                    event.stopPropagation();
                    test.mutate(sink);
                  }}
                >
                  {texts.test}
                </Button>
              ),
            },
          ]}
        />
      </Card>
    </>
  );
}

function Where({ sink }: { sink: Sink }) {
  const now = useNow();
  const ends = sink.settings.certificate_ends;
  const ended = ends !== null && ends <= now;
  return (
    <>
      {whereOf(sink)}
      {ends !== null && (
        <span className={ended ? `${styles.detail} ${styles.failing}` : styles.detail}>
          {ended ? texts.certificateEnded : texts.certificateEnds}{" "}
          {formatDate(ends, Intl.DateTimeFormat().resolvedOptions().timeZone)}
        </span>
      )}
    </>
  );
}

function State({ sink: { enabled, progress } }: { sink: Sink }) {
  const now = useNow();
  if (!enabled) return <span className={ui.chip}>{texts.off}</span>;
  const {
    state,
    detail,
    since,
    published,
    waiting,
    lost,
    last_published: published_at,
    last_failed: failed_at,
  } = progress;
  const counts = [
    published > 0 && texts.published(formatCount(published)),
    waiting > 0 && texts.waiting(formatCount(waiting)),
    lost > 0 && texts.lost(formatCount(lost)),
  ].filter(Boolean);
  return (
    <>
      <span className={state === "failing" ? styles.failing : undefined}>{texts.states[state]}</span>
      {state === "failing" && since !== null && (
        <span className={ui.quiet}> {texts.lasting(formatAge(Math.max(0, now - since)))}</span>
      )}
      {state === "failing" && <span className={styles.detail}>{detail}</span>}
      {counts.length > 0 && (
        <span className={styles.detail}>
          {counts.join(" · ")}
          {published_at !== null && (
            <>
              {" · "}
              {texts.lastPublished} <Ago ms={published_at} />
            </>
          )}
        </span>
      )}
      {state !== "failing" && failed_at !== null && (
        <span className={styles.detail}>
          {texts.lastFailed} <Ago ms={failed_at} />: {detail}
        </span>
      )}
    </>
  );
}
