import { Modal } from "@mantine/core";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import type { Rule } from "./api";
import { texts } from "./texts";

interface Props {
  rule: Rule;
  close: () => void;
  remove: () => void;
  isPending: boolean;
  error: unknown;
}

export function DeleteRule({ rule, close, remove, isPending, error }: Props) {
  return (
    <Modal opened onClose={close} title={texts.removeTitle(rule.name)} size={420}>
      <SubmitForm onSubmit={remove} error={error}>
        <p>{texts.removeHint}</p>
        <Actions does={texts.removeDo} close={close} danger loading={isPending} />
      </SubmitForm>
    </Modal>
  );
}
