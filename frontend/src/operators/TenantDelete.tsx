import { Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import { deleteTenant } from "./api";
import type { Tenant } from "./api";
import { texts } from "./texts";

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
  const submit = () => {
    if (typed === tenant.slug) remove.mutate();
  };
  return (
    <Modal opened onClose={close} title={texts.deleteTenant(tenant.name)} size={440}>
      <SubmitForm onSubmit={submit} error={remove.error}>
        <p>{keep ? texts.deleteKeepingDisk : texts.deleteEverything}</p>
        <Checkbox
          size="xs"
          label={texts.keepDisk}
          checked={keep}
          onChange={(event) => setKeep(event.currentTarget.checked)}
        />
        <TextInput
          label={texts.typeConfirm(tenant.slug)}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Actions does={texts.delete} close={close} danger disabled={typed !== tenant.slug} loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
