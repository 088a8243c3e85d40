import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { durationName } from "../../format";
import { useNow } from "../../moment";
import { useAnnounced } from "../../stream";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { SendCommand } from "./SendCommand";
import { cancelCommand, readCommands } from "./api";
import type { Command } from "./api";
import styles from "./devices.module.css";
import { COMMAND_STATES, OUTCOMES, texts } from "./texts";

/** The commands of a device, newest first, and a form for another. */
export function Commands({ device }: { device: string }) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const every = useAnnounced("devices", tenant.slug);
  const key = [tenant.slug, "devices", device, "commands"];
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => readCommands(device, signal),
    refetchInterval: every(5_000),
  });
  const refresh = () => void client.invalidateQueries({ queryKey: key });
  const cancel = useMutation({ mutationFn: cancelCommand, onSettled: refresh });
  const may = tenant.role !== "viewer";
  return (
    <>
      {may && <SendCommand device={device} sent={refresh} />}
      <ErrorMessage error={list.error ?? cancel.error} />
      {list.data?.length === 0 && <p className={ui.quiet}>{texts.noCommands}</p>}
      {!!list.data?.length && (
        <ul className={styles.commands} aria-label={texts.commands}>
          {list.data.map((command) => (
            <li key={command.id}>
              <span>
                <b>{command.kind}</b> · {COMMAND_STATES[command.state]} ·{" "}
                <Ago ms={command.ended ?? command.sent ?? command.created} />
              </span>
              <Details command={command} />
              {may && command.state === "queued" && (
                <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(command.id)}>
                  {texts.cancel}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Details({ command }: { command: Command }) {
  const now = useNow();
  const parts = [texts.sentBy(command.author)];
  const sent = Object.keys(command.parameters).length > 0 && JSON.stringify(command.parameters);
  if (sent) parts.push(sent);
  if (command.state === "queued" && command.expires > now)
    parts.push(texts.expiresIn(durationName(Math.ceil((command.expires - now) / 60_000) * 60_000)));
  if (command.state === "expired" && command.outcome === null)
    parts.push(command.sent === null ? texts.neverTaken : texts.ranUnknown);
  if (command.outcome) {
    const outcome = OUTCOMES[command.outcome] + (command.result && `: ${command.result}`);
    parts.push(command.late === null ? outcome : texts.lateBy(outcome));
  }
  return <span className={ui.sub}>{parts.join(" · ")}</span>;
}
