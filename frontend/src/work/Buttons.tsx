import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useMayWork } from "../cases";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { texts } from "./texts";
import work from "./work.module.css";

interface Props {
  /** Address of the cases that it has opened. */
  cases: string;
  edit: () => void;
  deletion: Deletion;
}

interface Deletion {
  title: string;
  hint: string;
  does: string;
  submit: () => void;
  error: unknown;
  busy: boolean;
}

/** What can be done with something that opens cases. */
export function Buttons({ cases, edit, deletion }: Props) {
  const [deleting, setDeleting] = useState(false);
  const mayWork = useMayWork();
  return (
    <div className={`${ui.actions} ${work.buttons}`}>
      {mayWork && <Button onClick={edit}>{texts.edit}</Button>}
      <Button variant="default" component={Link} href={cases}>
        {texts.seeCases}
      </Button>
      {mayWork && (
        <Button variant="default" onClick={() => setDeleting(true)}>
          {texts.delete}
        </Button>
      )}
      {deleting && (
        <Modal opened onClose={() => setDeleting(false)} title={deletion.title} size={420}>
          <SubmitForm onSubmit={deletion.submit} error={deletion.error}>
            <p>{deletion.hint}</p>
            <Actions does={deletion.does} close={() => setDeleting(false)} danger loading={deletion.busy} />
          </SubmitForm>
        </Modal>
      )}
    </div>
  );
}
