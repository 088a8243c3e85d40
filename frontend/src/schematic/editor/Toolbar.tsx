import { Button, Menu } from "@mantine/core";
import { align, distribute } from "../core/edit/arrange";
import type { Alignment } from "../core/edit/arrange";
import { blocks } from "../core/edit/checks";
import type { Finding } from "../core/edit/checks";
import { randomIds } from "../core/edit/ids";
import { group, ungroup } from "../core/edit/parts";
import { chordText, KEYMAP } from "../../keyboard";
import { useEditing, useEditorState } from "./context";
import styles from "./editor.module.css";
import { texts as all } from "./texts";

const texts = all.tools;
const KEYS = KEYMAP.editor.bindings;
const GRIDS = [1, 5, 10, 20];

interface Props {
  findings: readonly Finding[];
  showFinding: (finding: Finding) => void;
  setGrid: (grid: number) => void;
  preview: boolean;
  setPreview: (on: boolean) => void;
  open: (dialog: "bind" | "replace") => void;
  file: Record<"open" | "addScan" | "exportJson" | "exportSvg" | "exportDexpi", () => void>;
}

export function Toolbar({ findings, showFinding, setGrid, preview, setPreview, open, file }: Props) {
  const { editor, grid } = useEditing();
  const { selection, drawing, undoable, redoable } = useEditorState();
  const grouped = [...(drawing.placements ?? []), ...(drawing.tags ?? [])].some(
    (part) => part.group !== undefined && selection.has(part.id),
  );
  if (preview) {
    return (
      <div className={styles.toolbar} role="toolbar" aria-label={texts.label}>
        <span className={styles.grow} />
        <Button onClick={() => setPreview(false)}>{texts.endPreview}</Button>
      </div>
    );
  }
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={texts.label}>
      <Button
        variant="default"
        disabled={!undoable}
        onClick={editor.undo}
        aria-label={texts.undo}
        title={hint(texts.undo, "undo")}
      >
        ↶
      </Button>
      <Button
        variant="default"
        disabled={!redoable}
        onClick={editor.redo}
        aria-label={texts.redo}
        title={hint(texts.redo, "redo")}
      >
        ↷
      </Button>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" disabled={selection.size < 2}>
            {texts.align}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(texts.alignments) as Alignment[]).map((to) => (
            <Menu.Item key={to} onClick={() => editor.perform(align(editor.drawing, editor.selection, to))}>
              {texts.alignments[to]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" disabled={selection.size < 3}>
            {texts.distribute}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => editor.perform(distribute(editor.drawing, editor.selection, "x"))}>
            {texts.horizontally}
          </Menu.Item>
          <Menu.Item onClick={() => editor.perform(distribute(editor.drawing, editor.selection, "y"))}>
            {texts.vertically}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        variant="default"
        disabled={selection.size < 2}
        title={hint(grouped ? texts.ungroup : texts.group, "group")}
        onClick={() => editor.perform(grouped ? ungroup(drawing, selection) : group(drawing, selection, randomIds))}
      >
        {grouped ? texts.ungroup : texts.group}
      </Button>
      <Button variant="default" onClick={() => open("bind")}>
        {texts.bind}
      </Button>
      <Button variant="default" className={styles.optional} onClick={() => open("replace")}>
        {texts.replace}
      </Button>
      <span className={styles.grow} />
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className={styles.plain}>
            {texts.grid(grid)}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {GRIDS.map((size) => (
            <Menu.Item key={size} fw={size === grid ? 600 : 400} onClick={() => setGrid(size)}>
              {texts.grid(size)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Findings findings={findings} show={showFinding} />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">{texts.file}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={file.open}>{texts.openFile}</Menu.Item>
          <Menu.Item onClick={file.addScan}>{texts.addScan}</Menu.Item>
          <Menu.Item onClick={file.exportJson}>{texts.exportJson}</Menu.Item>
          <Menu.Item onClick={file.exportDexpi}>{texts.exportDexpi}</Menu.Item>
          <Menu.Item onClick={file.exportSvg}>{texts.exportSvg}</Menu.Item>
          <Menu.Item onClick={() => open("replace")}>{texts.replace}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" onClick={() => setPreview(true)}>
        {texts.preview}
      </Button>
    </div>
  );
}

const hint = (text: string, command: keyof typeof KEYS) => `${text} (${chordText(KEYS[command].chords[0])})`;
const MAX_SHOWN = 30;

/** What is wrong or doubtful; a choice selects it and brings it into view. */
function Findings({ findings, show }: { findings: readonly Finding[]; show: (finding: Finding) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">{texts.check(findings.length)}</Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.findings}>
        {findings.length === 0 && <Menu.Label>{texts.noFindings}</Menu.Label>}
        {findings.slice(0, MAX_SHOWN).map((finding, index) => (
          <Menu.Item key={index} fw={blocks(finding) ? 600 : 400} onClick={() => show(finding)}>
            {all.checks[finding.kind](finding.what)}
          </Menu.Item>
        ))}
        {findings.length > MAX_SHOWN && <Menu.Label>{all.draft.more(findings.length - MAX_SHOWN)}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
