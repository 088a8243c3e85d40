import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty, ErrorMessage, Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { testChannel } from "./api";
import type { Channel, TestResult } from "./api";
import { ChannelDialog } from "./ChannelDialog";
import { useChannels } from "./data";
import styles from "./notifications.module.css";
import { texts } from "./texts";

/** Where messages can go, each with a test. */
export function ChannelsPanel({ mayEdit }: { mayEdit: boolean }) {
  const list = useChannels();
  const [open, setOpen] = useState<Channel | "new" | null>(null);
  if (list.isError) return <Failed error={list.error} what={texts.failed} retry={() => void list.refetch()} />;
  if (list.isPending) return <Loading />;
  const add = mayEdit && <Button onClick={() => setOpen("new")}>{texts.addChannel}</Button>;
  return (
    <>
      {list.data.length === 0 ? (
        <Empty title={texts.noChannelsYet} action={add}>
          {texts.noChannelsHint}
        </Empty>
      ) : (
        <Channels channels={list.data} mayEdit={mayEdit} open={setOpen} add={add} />
      )}
      {open && (
        <ChannelDialog channel={open === "new" ? undefined : open} mayEdit={mayEdit} close={() => setOpen(null)} />
      )}
    </>
  );
}

interface Props {
  channels: readonly Channel[];
  mayEdit: boolean;
  open: (channel: Channel) => void;
  add: React.ReactNode;
}

/** To where, without what is secret. */
export function whereOf({ settings }: Channel): string {
  switch (settings.kind) {
    case "email":
      return settings.addresses.join(", ");
    case "webhook":
      return settings.url;
    case "slack":
    case "teams":
      return settings.host;
    case "apprise":
      return `${settings.scheme}://…`;
    case "push":
      return texts.toBrowsers;
  }
}

function Channels({ channels, mayEdit, open, add }: Props) {
  const [tested, setTested] = useState<Channel | null>(null);
  const test = useMutation({ mutationFn: (channel: Channel) => testChannel(channel.id), onMutate: setTested });
  return (
    <>
      {tested && !test.isPending && (
        <Tested channel={tested} result={test.data} error={test.error} close={() => setTested(null)} />
      )}
      <Card title={texts.channels} aside={add} flush>
        <DataTable
          rows={channels}
          keyOf={(channel) => channel.id}
          label={texts.channels}
          cards
          onOpen={open}
          isFaint={(channel) => !channel.enabled}
          columns={[
            {
              head: texts.channel,
              className: styles.name,
              cell: (channel) => (
                <button type="button" className={ui.link}>
                  {channel.name}
                </button>
              ),
            },
            { head: texts.kind, cell: (channel) => texts.kinds[channel.settings.kind] },
            { head: texts.where, className: styles.where, cell: whereOf },
            {
              head: texts.status,
              cell: (channel) => <span className={ui.chip}>{channel.enabled ? texts.on : texts.off}</span>,
            },
            {
              head: texts.changed,
              className: ui.quiet,
              cell: (channel) => (
                <>
                  <Ago ms={channel.changed} /> {texts.changedBy(channel.changed_by)}
                </>
              ),
            },
            mayEdit && {
              number: true,
              cell: (channel: Channel) => (
                <Button
                  variant="default"
                  aria-label={texts.testOf(channel.name)}
                  loading={test.isPending && tested?.id === channel.id}
                  disabled={test.isPending}
                  onClick={(event) => {
                    event.stopPropagation();
                    test.mutate(channel);
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

interface TestedProps {
  channel: Channel;
  result: TestResult | undefined;
  error: unknown;
  close: () => void;
}

/** What became of a test, by recipient. */
function Tested({ channel, result, error, close }: TestedProps) {
  const failed = result?.results.filter((each) => each.state !== "sent") ?? [];
  const isFine = !error && result && result.results.length > 0 && failed.length === 0;
  return (
    <div className={styles.tested}>
      {isFine ? (
        <p role="status" className={ui.status}>
          {texts.testSent(channel.name, result.results.length)}
        </p>
      ) : (
        <ErrorMessage error={error}>
          {result &&
            (result.results.length === 0
              ? texts.testNobody(channel.name)
              : failed.map((each, index) => (
                  <p key={index}>
                    {each.state === "doubtful"
                      ? texts.testDoubtful(each.recipient, each.detail)
                      : texts.testFailed(each.recipient, each.detail)}
                  </p>
                )))}
        </ErrorMessage>
      )}
      <Button variant="default" onClick={close}>
        {texts.dismiss}
      </Button>
    </div>
  );
}
