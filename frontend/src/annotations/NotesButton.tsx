import { Button } from "@mantine/core";
import type { Annotation } from "../api/types";
import { useParam } from "../moment";
import { CloseIcon } from "../ui/icons";
import styles from "./annotations.module.css";
import type { Targets } from "./data";
import { NotesPane } from "./LazyPane";
import { texts } from "./texts";

interface Props {
  start: number;
  end: number;
  targets: Targets;
  target: string | undefined;
  at: number;
  show: (note: Annotation) => void;
}

/** The notes in a panel at the side, in place of the inspector. */
export function NotesButton(props: Props) {
  const [pane, setPane] = useParam("pane");
  const open = pane === "notes";
  return (
    <>
      <Button variant="default" aria-pressed={open} onClick={() => setPane(open ? null : "notes")}>
        {texts.notes}
      </Button>
      {open && (
        <div
          className={styles.panel}
          role="dialog"
          aria-label={texts.notes}
          onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && setPane(null)}
        >
          <div className={styles.panelHead}>
            <h2>{texts.notes}</h2>
            <button type="button" className={styles.remove} aria-label={texts.close} onClick={() => setPane(null)}>
              <CloseIcon size={14} />
            </button>
          </div>
          <NotesPane {...props} />
        </div>
      )}
    </>
  );
}
