import { Button } from "@mantine/core";
import { Actions } from "../ui/Actions";
import ui from "../ui/ui.module.css";

interface Props {
  texts: { save: string; remove: string; adminsOnly: string };
  mayEdit: boolean;
  isComplete: boolean;
  isSaving: boolean;
  close: () => void;
  /** Undefined for what is new. */
  remove: (() => void) | undefined;
}

/** Save, cancel and delete; for others than administrators, why there is none of them. */
export function DialogFoot({ texts, mayEdit, isComplete, isSaving, close, remove }: Props) {
  if (!mayEdit) return <p className={ui.quiet}>{texts.adminsOnly}</p>;
  return (
    <div className={ui.foot}>
      <Actions does={texts.save} close={close} disabled={!isComplete} loading={isSaving} />
      {remove && (
        <Button variant="default" onClick={remove}>
          {texts.remove}
        </Button>
      )}
    </div>
  );
}
