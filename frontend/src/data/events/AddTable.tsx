import { Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { addTable } from "./tablesApi";
import { texts } from "./texts";

interface Props {
  close: () => void;
  done: (name: string) => void;
}

/** An empty table, whose rows come from a file. */
export function AddTable({ close, done }: Props) {
  const [name, setName] = useState("");
  const [key, setKey] = useState("device");
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const add = useMutation({
    mutationFn: () => addTable(name.trim(), key.trim(), zone.trim()),
    onSuccess: (added) => done(added.name),
  });
  return (
    <Modal opened onClose={close} title={texts.addTable} size={440}>
      <SubmitForm onSubmit={() => add.mutate()} error={add.error}>
        <TextInput
          label={texts.tableName}
          description={texts.tableNameHint}
          data-autofocus
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.keyField}
          description={texts.keyFieldHint}
          maxLength={100}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <TextInput
          label={texts.timezone}
          description={texts.timezoneHint}
          maxLength={60}
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <Actions
          does={texts.addTable}
          close={close}
          disabled={!name.trim() || !key.trim() || !zone.trim()}
          loading={add.isPending}
        />
      </SubmitForm>
    </Modal>
  );
}
