import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { formatBytes, formatMoment } from "../../format";
import { Actions } from "../../ui/Actions";
import { Trouble } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { deleteBackup } from "./api";
import type { Backup } from "./api";
import { texts } from "./texts";

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
    <Modal opened onClose={close} title={texts.deleteBackup(backup.name)} size={440}>
      <form className={ui.form} onSubmit={submit}>
        {remove.isError && <Trouble error={remove.error} />}
        <p>
          {backup.there
            ? texts.archiveDeletedPermanentlyTenant(
                formatMoment(backup.created, zone, false),
                formatBytes(backup.bytes),
              )
            : texts.onlyEntryRemovedThere}
        </p>
        <Actions does={texts.deleteLabel} close={close} danger loading={remove.isPending} />
      </form>
    </Modal>
  );
}
