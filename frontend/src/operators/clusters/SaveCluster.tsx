import { FileInput, Modal, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { saveCluster } from "../api";
import type { Cluster } from "../api";
import { texts } from "./texts";

/** The kubeconfig is encrypted by the server and never shown again. */
export function SaveCluster({ known, close }: { known: Cluster | null; close: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(known?.name ?? "");
  const [kubeconfig, setKubeconfig] = useState("");
  const [influxUrl, setInfluxUrl] = useState(known?.influx_url ?? "");
  const save = useMutation({
    mutationFn: () => saveCluster(name.trim(), { kubeconfig, influx_url: influxUrl.trim() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      close();
    },
  });
  const submit = () => save.mutate();
  const read = async (file: File | null) => setKubeconfig(file ? await file.text() : "");
  return (
    <Modal opened onClose={close} title={known ? texts.changeCluster(known.name) : texts.addCluster} size={560}>
      <SubmitForm onSubmit={submit} error={save.error}>
        {!known && (
          <TextInput
            label={texts.name}
            description={texts.nameHint}
            placeholder={texts.namePlaceholder}
            data-autofocus
            maxLength={63}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <FileInput
          label={texts.kubeconfigFromFile}
          placeholder={texts.selectFile}
          clearable
          onChange={(file) => void read(file)}
        />
        <Textarea
          label={texts.kubeconfig}
          description={texts.kubeconfigHint}
          placeholder={known ? texts.unchanged : texts.kubeconfigPlaceholder}
          autosize
          minRows={5}
          maxRows={10}
          spellCheck={false}
          value={kubeconfig}
          onChange={(event) => setKubeconfig(event.currentTarget.value)}
        />
        <TextInput
          label={texts.influxdbUrl}
          description={texts.influxdbUrlHint}
          placeholder={texts.influxdbUrlPlaceholder}
          spellCheck={false}
          value={influxUrl}
          onChange={(event) => setInfluxUrl(event.currentTarget.value)}
        />
        <Actions
          does={known ? texts.save : texts.add}
          close={close}
          disabled={!known && !(name.trim() && kubeconfig.trim())}
          loading={save.isPending}
        />
      </SubmitForm>
    </Modal>
  );
}
