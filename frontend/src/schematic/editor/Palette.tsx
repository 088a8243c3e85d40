import { TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import type { PointerEvent, ReactNode } from "react";
import { boxOf } from "../core/geometry";
import { library, symbolOf } from "../core/library";
import type { Medium } from "../core/types";
import { sizeOfTemplate } from "../core/edit/templates";
import type { Template } from "../core/edit/templates";
import { useOwnSymbols } from "../gallery/data";
import type { OwnSymbol } from "../gallery/data";
import { SymbolIcon } from "../symbols/SymbolIcon";
import { CloseIcon } from "../../ui/icons";
import { backToDrawing } from "./backToDrawing";
import { useEditing, useEditorState } from "./context";
import { placeAt, TEXT } from "./placing";
import styles from "./palette.module.css";
import { texts as all } from "./texts";

const texts = all.palette;
const DRAG_PX = 4;

interface Props {
  setMedium: (medium: Medium | undefined) => void;
  templates: readonly Template[];
  placeTemplate: (template: Template) => void;
  removeTemplate: (template: Template) => void;
  /** Undefined if nothing is selected. */
  saveTemplate: (() => void) | undefined;
}

/** What can be placed: symbols by group, media for new pipes, templates. */
export function Palette({ setMedium, templates, placeTemplate, removeTemplate, saveTemplate }: Props) {
  const [find, setFind] = useState("");
  const groups = groupsOf(find, useOwnSymbols().data ?? []);
  return (
    <nav className={styles.palette} aria-label={texts.label} onKeyDown={backToDrawing}>
      <TextInput
        data-filter
        aria-label={texts.find}
        placeholder={texts.find}
        value={find}
        onChange={(event) => setFind(event.currentTarget.value)}
      />
      {find && groups.length === 0 && <p className={styles.none}>{texts.none}</p>}
      {find ? (
        groups.map((group) => <Symbols key={group.title} {...group} />)
      ) : (
        <>
          <Symbols title={texts.common} symbols={COMMON} />
          <div>
            {groups.map((group) => (
              <Folded key={group.title} title={group.title}>
                <Symbols symbols={group.symbols} />
              </Folded>
            ))}
          </div>
          <Media setMedium={setMedium} />
          <section>
            <h3>{texts.templates}</h3>
            {templates.length === 0 && !saveTemplate && <p className={styles.none}>{texts.noTemplates}</p>}
            {templates.map((template) => (
              <div key={template.name} className={styles.template}>
                <button type="button" title={texts.place(template.name)} onClick={() => placeTemplate(template)}>
                  {template.name}
                  <small>{texts.parts(sizeOfTemplate(template))}</small>
                </button>
                <button
                  type="button"
                  className={styles.remove}
                  aria-label={texts.remove(template.name)}
                  title={texts.remove(template.name)}
                  onClick={() => removeTemplate(template)}
                >
                  <CloseIcon size={12} />
                </button>
              </div>
            ))}
            {saveTemplate && (
              <button type="button" className={styles.save} onClick={saveTemplate}>
                {texts.saveTemplate}
              </button>
            )}
          </section>
        </>
      )}
    </nav>
  );
}

const COMMON = [
  "pump",
  "fan",
  "valve_hand",
  "valve_control",
  "chiller",
  "cooling_tower",
  "heat_exchanger",
  "tank",
  "air_handler",
  "filter",
  "motor",
  "instrument",
];

function Symbols({ title, symbols }: { title?: string; symbols: readonly string[] }) {
  return (
    <section>
      {title && <h3>{title}</h3>}
      <div className={styles.symbols}>
        {symbols.map((symbol) => (
          <Item key={symbol} symbol={symbol} />
        ))}
      </div>
    </section>
  );
}

/** What is in it is rendered when it is opened. */
function Folded({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.folded} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && children}
    </details>
  );
}

/** Media of the drawing, and the usual ones; all others folded. */
function Media({ setMedium }: Pick<Props, "setMedium">) {
  const { medium } = useEditing();
  const { drawing } = useEditorState();
  const used = new Set<Medium>(["water", "air", "signal", ...(drawing.pipes ?? []).map((pipe) => pipe.medium)]);
  if (medium) used.add(medium);
  const button = (each: Medium) => (
    <button
      key={each}
      type="button"
      className={styles.medium}
      aria-pressed={medium === each}
      onClick={() => setMedium(medium === each ? undefined : each)}
    >
      <svg className="pt-pipe" data-medium={each} data-kind={library.media[each].kind} width="32" height="10">
        <path className="run" d="M0 5H32" />
      </svg>
      {library.media[each].title}
    </button>
  );
  const all = Object.keys(library.media) as Medium[];
  return (
    <section>
      <h3 title={texts.mediaHint}>{texts.media}</h3>
      {all.filter((each) => used.has(each)).map(button)}
      <Folded title={texts.moreMedia}>{all.filter((each) => !used.has(each)).map(button)}</Folded>
    </section>
  );
}

interface Group {
  title: string;
  symbols: string[];
}

/** The symbols whose title or search words contain every word, by the groups of the library. */
function groupsOf(find: string, own: readonly OwnSymbol[]): Group[] {
  const wanted = find.trim().toLowerCase().split(/\s+/);
  const matches = (...words: string[]) => {
    const text = words.join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const groups: Group[] = library.groups.map(({ name, title }) => ({
    title,
    symbols: Object.entries(library.symbols).flatMap(([symbol, { group, title, words }]) =>
      group === name && matches(symbol, title, ...words) ? [symbol] : [],
    ),
  }));
  groups.push({ title: texts.own, symbols: own.filter(({ name }) => matches(name)).map(({ symbol }) => symbol) });
  groups.push({ title: texts.words, symbols: matches(texts.text) ? [TEXT] : [] });
  return groups.filter(({ symbols }) => symbols.length > 0);
}

/** Dragged onto the drawing; or clicked, then placed with the next click there; or placed at once by keyboard. */
function Item({ symbol }: { symbol: string }) {
  const editing = useEditing();
  const { armed, arm, hints, view } = editing;
  const from = useRef<{ x: number; y: number; dragging: boolean } | undefined>(undefined);
  const title = symbol === TEXT ? texts.text : (symbolOf(symbol)?.title ?? symbol);

  const onPointerMove = (event: PointerEvent) => {
    const start = from.current;
    if (!start || event.buttons === 0) return;
    if (!start.dragging && Math.hypot(event.clientX - start.x, event.clientY - start.y) < DRAG_PX) return;
    start.dragging = true;
    const at = view.toDrawing({ x: event.clientX, y: event.clientY });
    hints.show(symbol === TEXT ? {} : { ghost: { symbol, at } });
  };
  const onPointerUp = (event: PointerEvent) => {
    const client = { x: event.clientX, y: event.clientY };
    if (from.current?.dragging) {
      hints.clear();
      if (view.contains(client)) placeAt(editing, symbol, view.toDrawing(client));
    }
  };
  const onClick = (event: React.MouseEvent) => {
    if (event.detail === 0) placeAt(editing, symbol, freePlace(editing, symbol));
    else if (!from.current?.dragging) arm(armed === symbol ? undefined : symbol);
  };
  return (
    <button
      type="button"
      className={styles.item}
      data-place={symbol}
      aria-pressed={armed === symbol}
      title={texts.place(title)}
      onPointerDown={(event) => {
        from.current = { x: event.clientX, y: event.clientY, dragging: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onClick={onClick}
    >
      <Icon symbol={symbol} />
      {title}
    </button>
  );
}

const GAP = 80;

/** To the right of what was placed last, so that a row of symbols can be placed by keyboard alone. */
function freePlace({ editor, view }: ReturnType<typeof useEditing>, symbol: string) {
  const [last] = [...editor.selection].slice(-1);
  const placement = editor.drawing.placements?.find(({ id }) => id === last);
  if (!placement) return view.centre();
  const box = boxOf(placement);
  const half = (symbolOf(symbol)?.width ?? 0) / 2;
  return { x: box.x + box.width + GAP + half, y: box.y + box.height / 2 };
}

const Icon = ({ symbol }: { symbol: string }) =>
  symbol === TEXT ? (
    <span className={styles.letter}>T</span>
  ) : (
    <SymbolIcon name={symbol} width={44} height={32} maxZoom={1} />
  );
