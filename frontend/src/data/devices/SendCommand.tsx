import { Button, Select, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { durationName } from "../../format";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { sendCommand } from "./api";
import type { NewCommand } from "./api";
import { parametersOf } from "./parameters";
import type { Kind } from "./parameters";
import styles from "./devices.module.css";
import { texts } from "./texts";

const KINDS = [
  { value: "restart", label: "restart" },
  { value: "set-config", label: "set-config" },
  { value: "upgrade", label: "upgrade" },
  { value: "other", label: texts.other },
];
const TIMES = [300, 3_600, 86_400, 7 * 86_400].map((s) => ({ value: String(s), label: durationName(s * 1_000) }));

interface Props {
  device: string;
  sent: () => void;
}

export function SendCommand({ device, sent }: Props) {
  const [kind, setKind] = useState<Kind>("restart");
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [expires, setExpires] = useState("3600");
  const [wrong, setWrong] = useState("");
  const send = useMutation({
    mutationFn: (body: NewCommand) => sendCommand(device, body),
    onSuccess: () => {
      setText("");
      sent();
    },
  });
  const submit = () => {
    const parameters = parametersOf(kind, text);
    setWrong(typeof parameters === "string" ? parameters : "");
    if (typeof parameters === "string") return;
    send.mutate({ kind: kind === "other" ? name : kind, parameters, expires_in_s: Number(expires) });
  };
  const choose = (value: string | null) => {
    setKind((value ?? "restart") as Kind);
    setText("");
    setWrong("");
  };
  return (
    <SubmitForm onSubmit={submit} error={send.error} label={texts.command}>
      <Select label={texts.command} data={KINDS} value={kind} onChange={choose} allowDeselect={false} />
      {kind === "other" && (
        <TextInput
          label={texts.kind}
          description={texts.kindHint}
          maxLength={40}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      {kind === "upgrade" && (
        <TextInput
          label={texts.newFirmware}
          maxLength={60}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {(kind === "other" || kind === "set-config") && (
        <Textarea
          label={kind === "other" ? texts.parameters : texts.configurationJson}
          value={text}
          error={wrong}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={2}
          maxRows={10}
          spellCheck={false}
          classNames={{ input: styles.mono }}
        />
      )}
      <Select
        label={texts.expires}
        data={TIMES}
        value={expires}
        onChange={(value) => value && setExpires(value)}
        allowDeselect={false}
      />
      <div className={ui.actions}>
        <Button
          type="submit"
          loading={send.isPending}
          disabled={kind === "other" ? !name : kind !== "restart" && !text}
        >
          {texts.send}
        </Button>
      </div>
    </SubmitForm>
  );
}
