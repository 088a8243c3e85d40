import { Modal } from "@mantine/core";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { useDeleteSymbol } from "./data";
import type { OwnSymbol } from "./data";
import { texts } from "./texts";

interface Props {
  own: OwnSymbol;
  close: () => void;
  deleted: () => void;
}

export function DeleteSymbol({ own, close, deleted }: Props) {
  const removal = useDeleteSymbol(deleted);
  return (
    <Modal opened onClose={close} title={texts.removeTitle(own.name)} size={440}>
      <SubmitForm onSubmit={() => removal.mutate(own.id)} error={removal.error}>
        <p>{texts.removeBody}</p>
        <Actions does={texts.removeNow} close={close} danger loading={removal.isPending} />
      </SubmitForm>
    </Modal>
  );
}
