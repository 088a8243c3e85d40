import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { useChange } from "./data";
import styles from "./notifications.module.css";
import { texts } from "./texts";

interface Props<Stored> {
  state: {
    base: Stored | undefined;
    changed: boolean;
    undo: () => void;
    save: { error: unknown; isPending: boolean };
    conflict: { changed_by: string } | undefined;
    takeTheirs: () => void;
    keepMine: () => void;
  };
  missing: readonly string[];
  remove: (stored: Stored) => Promise<unknown>;
  removed: () => void;
}

/** The foot of a form: save, undo, delete, and what stands against it. */
export function Saving<Stored extends { name: string }>({ state, missing, remove, removed }: Props<Stored>) {
  const { base, changed, save, conflict } = state;
  const [deleting, setDeleting] = useState(false);
  return (
    <div className={styles.saving}>
      {conflict ? (
        <div className={ui.trouble} role="alert">
          <p>{texts.conflict(conflict.changed_by)}</p>
          <div className={ui.actions}>
            <Button variant="default" onClick={state.takeTheirs}>
              {texts.takeTheirs}
            </Button>
            <Button variant="default" onClick={state.keepMine}>
              {texts.keepMine}
            </Button>
          </div>
        </div>
      ) : (
        <ErrorMessage error={save.error} />
      )}
      {missing.length > 0 && <p className={ui.quiet}>{texts.missing(missing.join(", "))}</p>}
      <div className={ui.actions}>
        <Button type="submit" disabled={!changed || missing.length > 0} loading={save.isPending}>
          {texts.save}
        </Button>
        {base && changed && (
          <Button variant="default" onClick={state.undo}>
            {texts.undo}
          </Button>
        )}
        {base && (
          <Button variant="default" onClick={() => setDeleting(true)}>
            {texts.remove}
          </Button>
        )}
      </div>
      {deleting && base && (
        <Deleting name={base.name} remove={() => remove(base)} removed={removed} close={() => setDeleting(false)} />
      )}
    </div>
  );
}

interface DeletingProps {
  name: string;
  remove: () => Promise<unknown>;
  removed: () => void;
  close: () => void;
}

export function Deleting({ name, remove, removed, close }: DeletingProps) {
  const change = useChange(remove, removed);
  return (
    <Modal opened onClose={close} title={texts.removeTitle(name)} size={420}>
      <SubmitForm onSubmit={() => change.mutate(undefined)} error={change.error}>
        <Actions does={texts.removeDo} close={close} danger loading={change.isPending} />
      </SubmitForm>
    </Modal>
  );
}
