import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { formatBytes, formatMoment } from "../../format";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
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
  const submit = () => remove.mutate();
  return (
    <Modal opened onClose={close} title={texts.deleteBackup(backup.name)} size={440}>
      <SubmitForm onSubmit={submit} error={remove.error}>
        <p>
          {backup.there
            ? texts.deleteWarning(formatMoment(backup.created, zone, false), formatBytes(backup.bytes))
            : texts.deleteEntry}
        </p>
        <Actions does={texts.delete} close={close} danger loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
