import { Button, Select, TextInput } from "@mantine/core";
import { InspectorSection } from "../../frame";
import { library } from "../core/library";
import type { DrawnText, Medium, Pipe, ValueTag } from "../core/types";
import { listOf, partsOf } from "../core/edit/builder";
import type { Part } from "../core/edit/change";
import { patchPipes, reroute, reverse } from "../core/edit/connect";
import { layersOf, patchTag, patchText, remove, setLayer } from "../core/edit/parts";
import { Segments } from "../../ui/Segments";
import { backToDrawing } from "./backToDrawing";
import { useEditing, useEditorState } from "./context";
import { Head, Place } from "./fields";
import { PlacementProperties } from "./PlacementProperties";
import styles from "./properties.module.css";
import { ScanProperties } from "./scan/ScanProperties";
import { SensorPick } from "./SensorPick";
import { texts as all } from "./texts";
import { nameOf } from "./useEditorKeys";

const texts = all.properties;

/** What is selected, and what can be changed of it. */
export function Properties() {
  const { editor } = useEditing();
  const { drawing, selection } = useEditorState();
  const [id] = selection;
  const list = selection.size === 1 ? listOf(drawing, id!) : undefined;
  const part = list && (drawing[list] as Part[]).find((each) => each.id === id);
  return (
    <div data-properties className={styles.properties} onKeyDown={backToDrawing}>
      {selection.size === 0 ? (
        <Page />
      ) : list === "placements" ? (
        <PlacementProperties placement={part as never} />
      ) : list === "pipes" ? (
        <PipeProperties pipe={part as Pipe} />
      ) : list === "tags" ? (
        <TagProperties tag={part as ValueTag} />
      ) : list === "texts" ? (
        <TextProperties text={part as DrawnText} />
      ) : (
        <Several />
      )}
      {selection.size > 0 && (
        <>
          <LayerPick />
          <Button variant="default" onClick={() => editor.perform(remove(editor.drawing, editor.selection))}>
            {texts.remove}
          </Button>
        </>
      )}
    </div>
  );
}

function Page() {
  const { drawing } = useEditorState();
  const count = (list: readonly unknown[] | undefined) => list?.length ?? 0;
  return (
    <>
      <header className={styles.head}>
        <div>
          <h2>{texts.nothing}</h2>
          <p>{texts.parts(count(drawing.placements), count(drawing.pipes), count(drawing.tags))}</p>
        </div>
      </header>
      {drawing.background && <ScanProperties background={drawing.background} />}
      <Layers />
    </>
  );
}

function Layers() {
  const { editor } = useEditing();
  const { drawing, hidden, locked } = useEditorState();
  const layers = layersOf(drawing);
  if (layers.length === 0) return null;
  return (
    <InspectorSection title={texts.layers}>
      {layers.map((layer) => (
        <div key={layer} className={styles.layer}>
          <span>{layer}</span>
          <button
            type="button"
            aria-pressed={hidden.has(layer)}
            aria-label={hidden.has(layer) ? texts.show(layer) : texts.hide(layer)}
            onClick={() => editor.toggleLayer(layer, "hidden")}
          >
            {texts.hidden}
          </button>
          <button
            type="button"
            aria-pressed={locked.has(layer)}
            aria-label={locked.has(layer) ? texts.unlock(layer) : texts.lock(layer)}
            onClick={() => editor.toggleLayer(layer, "locked")}
          >
            {texts.locked}
          </button>
        </div>
      ))}
    </InspectorSection>
  );
}

function LayerPick() {
  const { editor } = useEditing();
  const { drawing, selection } = useEditorState();
  const chosen = new Set(partsOf(drawing).flatMap(({ part }) => (selection.has(part.id) ? [part.layer ?? ""] : [])));
  const layer = chosen.size === 1 ? [...chosen][0]! : "";
  return (
    <TextInput
      key={[...selection].join() + layer}
      label={texts.layer}
      placeholder={texts.noLayer}
      defaultValue={layer}
      onBlur={(event) => {
        const text = event.currentTarget.value.trim();
        if (text !== layer) editor.perform(setLayer(editor.drawing, editor.selection, text || undefined));
      }}
    />
  );
}

function Several() {
  const { editor } = useEditing();
  const { drawing, selection } = useEditorState();
  const pipes = (drawing.pipes ?? []).filter(({ id }) => selection.has(id));
  return (
    <>
      <Head title={texts.several(selection.size)} kind="" />
      {pipes.length > 0 && <MediumPick pipes={pipes} />}
      {pipes.length > 0 && (
        <Button variant="default" onClick={() => editor.perform(reroute(editor.drawing, editor.selection))}>
          {texts.reroute}
        </Button>
      )}
    </>
  );
}

function MediumPick({ pipes }: { pipes: readonly Pipe[] }) {
  const { editor } = useEditing();
  const media = new Set(pipes.map((pipe) => pipe.medium));
  return (
    <Select
      label={texts.medium}
      value={media.size === 1 ? [...media][0]! : null}
      data={Object.entries(library.media).map(([value, { title }]) => ({ value, label: title }))}
      onChange={(medium) =>
        medium &&
        editor.perform(
          patchPipes(
            editor.drawing,
            pipes.map(({ id }) => id),
            { medium: medium as Medium },
          ),
        )
      }
    />
  );
}

function PipeProperties({ pipe }: { pipe: Pipe }) {
  const editing = useEditing();
  const { editor } = editing;
  const patch = (members: Parameters<typeof patchPipes>[2], key?: string) =>
    editor.perform(patchPipes(editor.drawing, [pipe.id], members), key && `${key} ${pipe.id}`);
  return (
    <>
      <Head title={pipe.name || library.media[pipe.medium].title} kind={texts.kinds.pipes}>
        <p>
          {nameOf(editing, pipe.source.placement)} → {nameOf(editing, pipe.target.placement)}
        </p>
      </Head>
      <MediumPick pipes={[pipe]} />
      <TextInput
        label={texts.name}
        value={pipe.name ?? ""}
        onChange={(event) => patch({ name: event.currentTarget.value || undefined }, "name")}
        onBlur={editor.seal}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={pipe.arrow ?? false}
          onChange={(event) => patch({ arrow: event.currentTarget.checked || undefined })}
        />
        {texts.arrow}
      </label>
      <div className={styles.row}>
        <Button variant="default" onClick={() => editor.perform(reroute(editor.drawing, [pipe.id]))}>
          {texts.reroute}
        </Button>
        <Button variant="default" onClick={() => editor.perform(reverse(editor.drawing, pipe.id))}>
          {texts.reverse}
        </Button>
      </div>
    </>
  );
}

function TagProperties({ tag }: { tag: ValueTag }) {
  const { editor, catalog } = useEditing();
  const patch = (members: Partial<ValueTag>, key?: string) =>
    editor.perform(patchTag(editor.drawing, tag.id, members), key && `${key} ${tag.id}`);
  return (
    <>
      <Head title={catalog.sensorById.get(tag.sensor)?.tag ?? texts.noData} kind={texts.kinds.tags}>
        <p>{catalog.sensorById.get(tag.sensor)?.name}</p>
      </Head>
      <SensorPick label={texts.sensor} value={tag.sensor} onChange={(sensor) => sensor && patch({ sensor })} />
      <TextInput
        label={texts.label}
        value={tag.label ?? ""}
        onChange={(event) => patch({ label: event.currentTarget.value || undefined }, "label")}
        onBlur={editor.seal}
      />
      <div>
        <span className={styles.label}>{texts.anchor}</span>
        <Segments
          label={texts.anchor}
          value={tag.anchor ?? "left"}
          onChange={(anchor) => patch({ anchor })}
          choices={(["left", "centre", "right"] as const).map((value) => ({ value, label: texts.anchors[value] }))}
        />
      </div>
      <Place part={tag} />
    </>
  );
}

function TextProperties({ text }: { text: DrawnText }) {
  const { editor } = useEditing();
  const patch = (members: Partial<DrawnText>, key?: string) =>
    editor.perform(patchText(editor.drawing, text.id, members), key && `${key} ${text.id}`);
  return (
    <>
      <Head title={text.text} kind={texts.kinds.texts} />
      <TextInput
        label={texts.text}
        value={text.text}
        onChange={(event) => patch({ text: event.currentTarget.value }, "text")}
        onBlur={editor.seal}
      />
      <div>
        <span className={styles.label}>{texts.textSize}</span>
        <Segments
          label={texts.textSize}
          value={text.size ?? "normal"}
          onChange={(size) => patch({ size })}
          choices={(["small", "normal", "heading"] as const).map((value) => ({ value, label: texts.sizes[value] }))}
        />
      </div>
      <Place part={text} />
    </>
  );
}
