import { Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { addDevice } from "./api";
import type { Device } from "./api";
import { texts } from "./texts";

interface Props {
  close: () => void;
  done: (device: Device) => void;
}

export function AddDevice({ close, done }: Props) {
  const [name, setName] = useState("");
  const [note, setNote] = useState("");
  const add = useMutation({
    mutationFn: () => addDevice({ name: name.trim(), note, asset: null, interval_s: null }),
    onSuccess: done,
  });
  return (
    <Modal opened onClose={close} title={texts.add} size={440}>
      <SubmitForm onSubmit={() => add.mutate()} error={add.error}>
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.note}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Actions does={texts.add} close={close} disabled={!name.trim()} loading={add.isPending} />
      </SubmitForm>
    </Modal>
  );
}
