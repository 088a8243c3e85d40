import { FileInput, Modal, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { Trouble } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { saveCluster } from "../api";
import type { Cluster } from "../api";

/** The kubeconfig is encrypted by the server: it goes in and never comes out. */
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const read = async (file: File | null) => setKubeconfig(file ? await file.text() : "");
  return (
    <Modal opened onClose={close} title={known ? `Change cluster ${known.name}` : "Add cluster"} size={560}>
      <form className={ui.form} onSubmit={submit}>
        {save.isError && <Trouble error={save.error} />}
        {!known && (
          <TextInput
            label="Name"
            description="Lower-case letters, digits and hyphens. It stays as it is for ever."
            placeholder="north"
            data-autofocus
            maxLength={63}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <FileInput
          label="Kubeconfig from a file"
          placeholder="Choose a file"
          clearable
          onChange={(file) => void read(file)}
        />
        <Textarea
          label="Kubeconfig"
          description="It must stand on its own: kubectl config view --raw --flatten --minify"
          placeholder={known ? "as it is known" : "apiVersion: v1\nkind: Config\n…"}
          autosize
          minRows={5}
          maxRows={10}
          spellCheck={false}
          value={kubeconfig}
          onChange={(event) => setKubeconfig(event.currentTarget.value)}
        />
        <TextInput
          label="Where its InfluxDBs answer"
          description="If their services' names are not known here. {namespace} stands for the tenant's."
          placeholder="https://{namespace}.north.example"
          spellCheck={false}
          value={influxUrl}
          onChange={(event) => setInfluxUrl(event.currentTarget.value)}
        />
        <Actions
          does={known ? "Save" : "Add"}
          close={close}
          disabled={!known && !(name.trim() && kubeconfig.trim())}
          loading={save.isPending}
        />
      </form>
    </Modal>
  );
}
