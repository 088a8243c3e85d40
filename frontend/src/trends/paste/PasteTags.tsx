import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import type { SiteCatalog } from "../../catalog";
import { MAX_TRACES } from "../../series/slots";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { texts } from "../texts";
import styles from "../view/view.module.css";
import { MAX_CHARS, namedSensors, withSensors } from "./tags";

interface Props {
  catalog: SiteCatalog;
  slots: readonly (string | null)[];
  /** What was pasted before the dialog opened. */
  pasted: string;
  setSlots: (slots: (string | null)[]) => void;
  close: () => void;
}

/** A list of tags from elsewhere: what it names is shown before it is added, or put in place of what is selected. */
export function PasteTags({ catalog, slots, pasted, setSlots, close }: Props) {
  const [text, setText] = useState(pasted);
  const { found, unknown } = namedSensors(text, catalog);
  const added = withSensors(slots, found, MAX_TRACES);
  const alone = withSensors([], found, MAX_TRACES);
  const use = (next: (string | null)[]) => {
    setSlots(next);
    close();
  };
  return (
    <Modal opened onClose={close} title={texts.pasteTitle}>
      <SubmitForm onSubmit={() => found.length > 0 && use(alone.slots)}>
        <Textarea
          label={texts.tags}
          description={texts.tagsDetail}
          autosize
          minRows={4}
          maxRows={10}
          maxLength={MAX_CHARS}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <ul className={styles.found} role="status">
          <li>{texts.tagsFound(found.length)}</li>
          {unknown.length > 0 && <li>{texts.tagsUnknown(unknown.length, unknown.slice(0, 20).join(", "))}</li>}
          {alone.left > 0 && <li>{texts.tagsLeft(alone.left, MAX_TRACES)}</li>}
        </ul>
        <div className={styles.buttons}>
          <Button type="submit" disabled={found.length === 0}>
            {texts.showThese}
          </Button>
          <Button
            variant="default"
            disabled={found.length === 0 || added.left > 0}
            title={added.left > 0 ? texts.tagsLeft(added.left, MAX_TRACES) : undefined}
            onClick={() => use(added.slots)}
          >
            {texts.addThese}
          </Button>
        </div>
        <p className={ui.sub}>{texts.pasteHint}</p>
      </SubmitForm>
    </Modal>
  );
}
