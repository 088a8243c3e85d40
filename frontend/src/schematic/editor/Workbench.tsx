import {
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { SiteCatalog } from "../../catalog";
import { Inspector, View as Screen } from "../../frame";
import { check } from "../core/edit/checks";
import type { Finding } from "../core/edit/checks";
import { contentBox } from "../core/edit/boxes";
import { Editor } from "../core/edit/editor";
import { cleanDrawing } from "../core/edit/words";
import type { Template } from "../core/edit/templates";
import { ValueStore } from "../core/store";
import type { Drawing, Medium } from "../core/types";
import { Hints } from "./canvas/hints";
import { EditCanvas } from "./canvas/EditCanvas";
import { View } from "./canvas/viewport";
import type { Opened } from "./api";
import { EditingContext } from "./context";
import type { Editing } from "./context";
import type { DexpiDrawing } from "./dexpi";
import { BindDialog } from "./dialogs/BindDialog";
import { ReplaceDialog } from "./dialogs/ReplaceDialog";
import { NameDialog } from "./dialogs/NameDialog";
import { TemplateDialog } from "./dialogs/TemplateDialog";
import { DraftPanel } from "./draft/DraftPanel";
import { EditingBadge } from "./draft/EditingBadge";
import { useDraft } from "./draft/useDraft";
import { Palette } from "./Palette";
import { Properties } from "./Properties";
import styles from "./editor.module.css";
import { texts } from "./texts";
import { Toolbar } from "./Toolbar";
import { useEditorKeys } from "./useEditorKeys";
import { useEditorValues } from "./useEditorValues";
import { useFile } from "./useFile";
import { useTemplates } from "./useTemplates";
import { WithStage } from "./WithStage";
import { lazy } from "../../ui/lazy";

const DexpiDialog = lazy(() => import("./dialogs/DexpiDialog"));

interface Props {
  id: string;
  opened: Opened;
  catalog: SiteCatalog;
  /** Reads the stored draft again and starts over with it. */
  reload: () => void;
}

/** Palette, drawing, properties and draft of one schematic. */
export function Workbench({ id, opened, catalog, reload }: Props) {
  const [editor] = useState(() => new Editor(cleanDrawing((opened.draft ?? opened.newest!).drawing)));
  const [hints] = useState(() => new Hints());
  const [view] = useState(() => new View());
  const [store] = useState(() => new ValueStore());
  const [grid, setGrid] = useState(10);
  const [medium, setMedium] = useState<Medium>();
  const [armed, arm] = useState<string>();
  const [preview, setPreview] = useState(false);
  const [dialog, setDialog] = useState<
    "bind" | "replace" | "save template" | { template: Template } | { dexpi: DexpiDrawing }
  >();
  const [status, announce] = useStatus();
  const { drawing, selection } = useSyncExternalStore(editor.subscribe, editor.read);
  const findings = useFindings(drawing, catalog);
  const draft = useDraft(id, opened, editor, reload);
  const editing = useMemo<Editing>(
    () => ({ editor, hints, view, catalog, grid, medium, armed, arm }),
    [editor, hints, view, catalog, grid, medium, armed],
  );
  const fit = useCallback(() => {
    view.fit(contentBox(editor.drawing) ?? { x: 0, y: 0, ...editor.drawing });
  }, [view, editor]);
  const file = useFile(editor, {
    name: draft.name,
    site: (opened.draft ?? opened.newest!).site,
    catalog,
    announce,
    confirm: (dexpi) => setDialog({ dexpi }),
  });
  const templates = useTemplates(editor, catalog, announce);
  useEditorKeys(editing, { announce, fit }, !preview && dialog === undefined);
  useEditorValues(store, drawing);
  useLayoutEffect(fit, [fit, preview]); // the canvas has another size then

  const showFinding = (finding: Finding) => {
    editor.select(finding.parts);
    view.show(finding.at);
  };
  return (
    <EditingContext value={editing}>
      <WithStage store={store}>
        <Screen
          title={texts.title(draft.name)}
          left={
            !preview && (
              <Palette
                setMedium={setMedium}
                templates={templates.all}
                placeTemplate={(template) => setDialog({ template })}
                removeTemplate={templates.remove}
                saveTemplate={selection.size > 1 ? () => setDialog("save template") : undefined}
              />
            )
          }
          inspector={
            !preview && (
              <Inspector>
                <Properties />
                <DraftPanel draft={draft} findings={findings} showFinding={showFinding} />
              </Inspector>
            )
          }
        >
          <EditingBadge draft={draft} />
          <div className={styles.stage}>
            <Toolbar
              findings={findings}
              showFinding={showFinding}
              setGrid={setGrid}
              preview={preview}
              setPreview={setPreview}
              open={setDialog}
              file={file}
            />
            <EditCanvas preview={preview} fit={fit} />
            <p className={styles.status} role="status">
              {status}
            </p>
          </div>
          {dialog === "bind" && <BindDialog close={() => setDialog(undefined)} />}
          {dialog === "replace" && <ReplaceDialog close={() => setDialog(undefined)} />}
          {dialog === "save template" && (
            <NameDialog
              title={texts.palette.saveTemplate}
              label={texts.palette.templateName}
              does={texts.palette.save}
              close={() => setDialog(undefined)}
              done={(name) => {
                templates.save(name);
                setDialog(undefined);
              }}
            />
          )}
          {typeof dialog === "object" && "dexpi" in dialog && (
            <Suspense>
              <DexpiDialog
                found={dialog.dexpi}
                close={() => setDialog(undefined)}
                insert={() => {
                  file.insert(dialog.dexpi.drawing);
                  setDialog(undefined);
                  fit();
                }}
              />
            </Suspense>
          )}
          {typeof dialog === "object" && "template" in dialog && (
            <TemplateDialog template={dialog.template} close={() => setDialog(undefined)} announce={announce} />
          )}
        </Screen>
      </WithStage>
    </EditingContext>
  );
}

/** Found after the drawing has been painted. */
function useFindings(drawing: Drawing, catalog: SiteCatalog): Finding[] {
  const settled = useDeferredValue(drawing);
  return useMemo(() => check(settled, catalog), [settled, catalog]);
}

const STATUS_MS = 6000;

function useStatus(): [string, (text: string) => void] {
  const [status, announce] = useState("");
  useEffect(() => {
    if (!status) return;
    const timer = setTimeout(() => announce(""), STATUS_MS);
    return () => clearTimeout(timer);
  }, [status]);
  return [status, announce];
}
