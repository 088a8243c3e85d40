import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { formatBytes, formatMoment } from "../../format";
import { Actions } from "../../ui/Actions";
import { Trouble } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { deleteBackup } from "./api";
import type { Backup } from "./api";

export function DeleteBackup({ backup, close }: { backup: Backup; close: () => void }) {
  const client = useQueryClient();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const remove = useMutation({
    mutationFn: () => deleteBackup(backup),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tenants", "backups", backup.slug] });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate();
  };
  return (
    <Modal opened onClose={close} title={`Delete a backup of ${backup.name}`} size={440}>
      <form className={ui.form} onSubmit={submit}>
        {remove.isError && <Trouble error={remove.error} />}
        <p>
          {backup.there
            ? `The archive of ${formatMoment(backup.created, zone, false)} (${formatBytes(backup.bytes)}) is removed for good. The tenant and its other backups stay.`
            : "Only its line in this list is removed: there is no archive."}
        </p>
        <Actions does="Delete" close={close} danger loading={remove.isPending} />
      </form>
    </Modal>
  );
}
