import { Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { Actions } from "../../../ui/Actions";
import { SubmitForm } from "../../../ui/SubmitForm";

interface Props {
  title: string;
  label: string;
  does: string;
  example?: string;
  error?: unknown;
  loading?: boolean;
  close: () => void;
  done: (name: string) => void;
}

const MAX_LENGTH = 80;

/** Asks for a name. */
export function NameDialog({ title, label, does, example, error, loading = false, close, done }: Props) {
  const [name, setName] = useState("");
  const clean = name.trim();
  return (
    <Modal opened onClose={close} title={title} size={400}>
      <SubmitForm onSubmit={() => clean && done(clean)} error={error}>
        <TextInput
          data-autofocus
          label={label}
          placeholder={example}
          maxLength={MAX_LENGTH}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Actions does={does} close={close} disabled={!clean} loading={loading} />
      </SubmitForm>
    </Modal>
  );
}
