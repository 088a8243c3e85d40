import { FileInput, Modal, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { useAddSymbol } from "./data";
import { texts } from "./texts";

interface Props {
  close: () => void;
  /** With the name that drawings use. */
  added: (symbol: string) => void;
}

type States = keyof typeof texts.statesChoice;

/** A symbol from an SVG file; its ports are placed later. */
export function AddSymbol({ close, added }: Props) {
  const [name, setName] = useState("");
  const [group, setGroup] = useState("");
  const [states, setStates] = useState<States>("none");
  const [file, setFile] = useState<File | null>(null);
  const addition = useAddSymbol((made) => {
    added(made.symbol);
    close();
  });
  const submit = async () => {
    if (file) addition.mutate({ name, group, states, svg: await file.text() });
  };
  return (
    <Modal opened onClose={close} title={texts.addTitle} size={460}>
      <SubmitForm onSubmit={() => void submit()} error={addition.error}>
        <FileInput
          label={texts.file}
          description={texts.fileHint}
          accept="image/svg+xml,.svg"
          required
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            if (chosen && !name) setName(chosen.name.replace(/\.svg$/i, "").slice(0, 80));
          }}
        />
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.group}
          maxLength={80}
          value={group}
          onChange={(event) => setGroup(event.currentTarget.value)}
        />
        <Select
          label={texts.statesLabel}
          data={Object.entries(texts.statesChoice).map(([value, label]) => ({ value, label }))}
          value={states}
          allowDeselect={false}
          onChange={(value) => setStates((value ?? "none") as States)}
        />
        <Actions does={texts.create} close={close} loading={addition.isPending} disabled={!file || !name.trim()} />
      </SubmitForm>
    </Modal>
  );
}
