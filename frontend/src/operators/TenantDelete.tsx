import { Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { Actions } from "../ui/Actions";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { deleteTenant } from "./api";
import type { Tenant } from "./api";

export function TenantDelete({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const [typed, setTyped] = useState("");
  const [keep, setKeep] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteTenant(tenant.slug, typed, keep),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === tenant.slug) remove.mutate();
  };
  return (
    <Modal opened onClose={close} title={`Delete ${tenant.name}`} size={440}>
      <form className={ui.form} onSubmit={submit}>
        {remove.isError && <Trouble error={remove.error} />}
        <p>
          {keep
            ? "The server is removed and all tokens die. The disk with its samples and documents is kept; a new tenant may adopt it."
            : "All its samples, sensors, drawings and tokens are removed for good. There is no way back."}
        </p>
        <Checkbox
          size="xs"
          label="Keep the disk and the documents"
          checked={keep}
          onChange={(event) => setKeep(event.currentTarget.checked)}
        />
        <TextInput
          label={`Type ${tenant.slug} to confirm`}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Actions does="Delete" close={close} danger disabled={typed !== tenant.slug} loading={remove.isPending} />
      </form>
    </Modal>
  );
}
