import { Button, Drawer } from "@mantine/core";
import { useParam } from "../moment";
import type { Targets } from "./data";
import { NotesPane } from "./LazyPane";
import { texts } from "./texts";
import type { Annotation } from "../api/types";

interface Props {
  start: number;
  end: number;
  targets: Targets;
  target: string | undefined;
  at: number;
  show: (note: Annotation) => void;
}

/** The notes in a drawer, for pages whose inspector shows something else. */
export function NotesButton(props: Props) {
  const [pane, setPane] = useParam("pane");
  const close = () => setPane(null);
  return (
    <>
      <Button variant="default" onClick={() => setPane("notes")}>
        {texts.notes}
      </Button>
      <Drawer
        opened={pane === "notes"}
        onClose={close}
        position="right"
        size={360}
        title={texts.notes}
        withOverlay={false}
        lockScroll={false}
        trapFocus={false}
      >
        {pane === "notes" && <NotesPane {...props} />}
      </Drawer>
    </>
  );
}
