import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { DashboardContent } from "../api/types";
import { parseDuration } from "../format";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { texts } from "./texts";

interface Props {
  /** A new one has no content yet, and nothing to delete. */
  content: DashboardContent;
  title: string;
  /** Somebody else made it and shares it: it stays shared. */
  staysShared: boolean;
  apply: (content: DashboardContent) => unknown;
  remove?: () => Promise<unknown>;
  close: () => void;
}

export function Settings({ content, title, staysShared, apply, remove, close }: Props) {
  const [name, setName] = useState(content.name);
  const [shared, setShared] = useState(content.shared ?? false);
  const [isDefault, setDefault] = useState(content.default ?? false);
  const [range, setRange] = useState(content.range ?? "8h");
  const [asking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: async () =>
      apply({ ...content, name: name.trim(), shared, default: isDefault, range: range.replaceAll(" ", "") }),
    onSuccess: close,
  });
  const drop = useMutation({ mutationFn: async () => remove?.() });
  const wrong = parseDuration(range) === null;
  const ready = name.trim() !== "" && !wrong;
  return (
    <Modal opened onClose={close} title={title} size={420}>
      <SubmitForm onSubmit={() => ready && save.mutate()} error={save.error ?? drop.error} label={title}>
        <TextInput
          label={texts.name}
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.range}
          maxLength={14}
          value={range}
          onChange={(event) => setRange(event.currentTarget.value)}
          error={wrong && texts.rangeExample}
        />
        <Checkbox
          label={texts.share}
          checked={shared}
          disabled={staysShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <Checkbox
          label={texts.makeDefault}
          checked={isDefault}
          onChange={(event) => setDefault(event.currentTarget.checked)}
        />
        <Actions does={texts.save} close={close} disabled={!ready} loading={save.isPending} />
        {remove &&
          (asking ? (
            <div className={ui.actions}>
              <Button color="danger" data-danger loading={drop.isPending} onClick={() => drop.mutate()}>
                {texts.remove}
              </Button>
              <span className={ui.sub}>{texts.removeQuestion(shared)}</span>
            </div>
          ) : (
            <div>
              <Button variant="default" onClick={() => setAsking(true)}>
                {texts.remove}
              </Button>
            </div>
          ))}
      </SubmitForm>
    </Modal>
  );
}
