import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { displayUnit, formatAge, formatValue } from "../../format";
import { CloseIcon } from "../../ui/icons";
import { Segments } from "../../ui/Segments";
import { flip, resize, rotate } from "../core/edit/arrange";
import { suggestSensor } from "../core/edit/binding";
import { boxOfTag } from "../core/edit/boxes";
import { randomIds } from "../core/edit/ids";
import { addTag, bind, label as setLabel, setAsset, setThreshold } from "../core/edit/parts";
import { boxOf, sizeOf } from "../core/geometry";
import { symbolOf } from "../core/library";
import type { Placement, Side } from "../core/types";
import { useEntry, useStage } from "../view/context";
import { useEditing } from "./context";
import { NumberField } from "./NumberField";
import { Head, Place } from "./fields";
import { bestFirst } from "./options";
import styles from "./properties.module.css";
import { SensorPick } from "./SensorPick";
import { texts as all } from "./texts";

const texts = all.properties;

export function PlacementProperties({ placement }: { placement: Placement }) {
  const { editor, catalog } = useEditing();
  const symbol = symbolOf(placement.symbol);
  const own = new Set([placement.id]);
  const asset = catalog.assetById.get(placement.asset ?? "");
  const slots = Object.entries(symbol?.slots ?? {});
  const side = placement.label_at ?? "bottom";
  return (
    <>
      <Head
        title={placement.label || asset?.tag || placement.new_asset?.tag || symbol?.title || placement.symbol}
        kind={(symbol?.title ?? placement.symbol).toLowerCase()}
      >
        <p>{asset ? asset.name : placement.new_asset ? texts.newAsset : undefined}</p>
      </Head>
      {placement.symbol !== "junction" && <AssetPick key={placement.id} placement={placement} />}
      {placement.symbol !== "junction" && (
        <div>
          <span className={styles.label}>{texts.label}</span>
          <div className={styles.row}>
            <TextInput
              className={styles.grow}
              aria-label={texts.label}
              value={placement.label ?? ""}
              onChange={(event) =>
                editor.perform(
                  setLabel(editor.drawing, own, { label: event.currentTarget.value }),
                  `label ${placement.id}`,
                )
              }
              onBlur={editor.seal}
            />
            <Segments<Side>
              label={texts.labelSide}
              value={side}
              onChange={(label_at) => editor.perform(setLabel(editor.drawing, own, { label_at }))}
              choices={(["top", "right", "bottom", "left"] as const).map((value) => ({
                value,
                label: texts.sides[value],
              }))}
            />
          </div>
        </div>
      )}
      {slots.length > 0 && (
        <section>
          <span className={styles.label}>{texts.bindings}</span>
          {slots.map(([slot, { title, kinds }]) => (
            <Slot key={`${placement.id} ${slot}`} placement={placement} slot={slot} title={title} kinds={kinds} />
          ))}
        </section>
      )}
      {placement.symbol !== "junction" && <AddValue placement={placement} />}
      <Place part={placement}>
        <Button
          variant="default"
          px={8}
          aria-label={texts.rotate}
          title={texts.rotate}
          onClick={() => editor.perform(rotate(editor.drawing, own))}
        >
          ⟳ 90°
        </Button>
        <Button
          variant="default"
          px={8}
          aria-label={texts.flip}
          title={texts.flip}
          onClick={() => editor.perform(flip(editor.drawing, own))}
        >
          ⇋
        </Button>
      </Place>
      {symbol?.resizable && <Size placement={placement} />}
    </>
  );
}

function Size({ placement }: { placement: Placement }) {
  const { editor } = useEditing();
  const { width, height } = sizeOf(placement);
  const { x, y } = placement;
  const set = (size: { width: number; height: number }) =>
    editor.perform(resize(editor.drawing, placement.id, { x, y, ...size }));
  return (
    <div>
      <span className={styles.label}>{texts.size}</span>
      <div className={styles.row}>
        <NumberField label={texts.width} value={width} onChange={(value) => set({ width: value, height })} />
        <NumberField label={texts.height} value={height} onChange={(value) => set({ width, height: value })} />
      </div>
    </div>
  );
}

const NEW = "$new ";
const filter = bestFirst(({ value }) => value.startsWith(NEW));

/** One of the site's assets, or a new one of the typed tag. */
function AssetPick({ placement }: { placement: Placement }) {
  const { editor, catalog } = useEditing();
  const [search, setSearch] = useState("");
  const fresh = placement.new_asset?.tag;
  const typed = search.trim();
  const known = catalog.assets.some(({ tag }) => tag === typed);
  const offered = [fresh, !known && typed && !typed.includes(" · ") && !typed.endsWith(")") ? typed : undefined].filter(
    (tag): tag is string => tag !== undefined && tag !== "",
  );
  const data = [
    ...catalog.assets.map(({ id, tag, name }) => ({
      value: id,
      label: name && name !== tag ? `${tag} · ${name}` : tag,
    })),
    ...[...new Set(offered)].map((tag) => ({ value: NEW + tag, label: texts.createAsset(tag) })),
  ];
  const choose = (value: string | null) => {
    const { drawing } = editor;
    const fresh = value?.startsWith(NEW) ? { tag: value.slice(NEW.length) } : undefined;
    const tag = fresh?.tag ?? catalog.assetById.get(value ?? "")?.tag;
    const key = `asset ${placement.id}`;
    editor.seal();
    editor.perform(setAsset(drawing, placement.id, fresh ?? value ?? undefined), key);
    if (tag && !placement.label) {
      editor.perform(setLabel(editor.drawing, new Set([placement.id]), { label: tag }), key);
    }
    editor.seal();
  };
  return (
    <Select
      searchable
      clearable
      clearButtonProps={{ "aria-label": texts.removeAsset, "aria-hidden": false, tabIndex: 0 }}
      label={texts.asset}
      placeholder={texts.noAsset}
      value={placement.asset ?? (fresh === undefined ? null : NEW + fresh)}
      data={data}
      filter={filter}
      searchValue={search}
      onSearchChange={setSearch}
      onChange={choose}
    />
  );
}

interface SlotProps {
  placement: Placement;
  slot: string;
  title: string;
  kinds: string[];
}

function Slot({ placement, slot, title, kinds }: SlotProps) {
  const { editor, catalog } = useEditing();
  const [choosing, setChoosing] = useState(false);
  const binding = placement.slots?.[slot];
  const sensor = catalog.sensorById.get(binding?.sensor ?? "");
  const suggested = binding ? undefined : suggestSensor(editor.drawing, placement, slot, catalog);
  const own = useRef<HTMLDivElement>(null);
  // What had the focus is replaced: it goes to what is in its place.
  const refocus = useRef<string>(undefined);
  useEffect(() => {
    if (refocus.current) own.current?.querySelector<HTMLElement>(refocus.current)?.focus();
    refocus.current = undefined;
  });
  const choose = (id: string | undefined) => {
    editor.perform(bind(editor.drawing, placement.id, slot, id));
    setChoosing(false);
    refocus.current = id === undefined ? "[data-choice]" : "button";
  };
  return (
    <div className={styles.slot} data-slot={slot} ref={own}>
      <span>{title.toLowerCase()}</span>
      <div data-choice tabIndex={-1}>
        {choosing || (!binding && !suggested) ? (
          <SensorPick
            hideLabel
            label={title}
            value={binding?.sensor ?? null}
            onChange={(id) => id && choose(id)}
            kinds={kinds}
            asset={placement.asset ?? undefined}
            autoFocus={choosing}
          />
        ) : binding ? (
          <>
            <button type="button" className={styles.bound} onClick={() => setChoosing(true)}>
              {sensor?.tag ?? texts.noData}
            </button>
            <Now sensor={binding.sensor} />
            {slot !== "speed" && slot !== "level" && slot !== "value" && sensor?.kind === "continuous" && (
              <span title={texts.thresholdHint}>
                <NumberField
                  label={texts.threshold}
                  value={binding.above ?? 0}
                  onChange={(above) => editor.perform(setThreshold(editor.drawing, placement.id, slot, above))}
                />
              </span>
            )}
          </>
        ) : (
          <>
            <button type="button" className={styles.choose} onClick={() => setChoosing(true)}>
              {texts.choose}
            </button>
            <button type="button" className={styles.match} onClick={() => choose(suggested!.id)}>
              {texts.matches(suggested!.tag)}
            </button>
          </>
        )}
      </div>
      {binding && (
        <button
          type="button"
          className={styles.unbind}
          aria-label={texts.unbind(title.toLowerCase())}
          title={texts.unbind(title.toLowerCase())}
          onClick={() => choose(undefined)}
        >
          <CloseIcon size={12} />
        </button>
      )}
    </div>
  );
}

/** The bound sensor's present value and its age. */
function Now({ sensor }: { sensor: string }) {
  const { store, sensor: info } = useStage();
  const entry = useEntry(sensor);
  const own = info(sensor);
  if (!entry || entry.v === null) return <small>{texts.noData}</small>;
  const unit = own?.kind === "discrete" ? "" : displayUnit(own?.unit);
  return (
    <small>
      {[formatValue(entry.v, own?.unit, own, true), unit].filter(Boolean).join("\u2009")}
      {entry.t !== null && ` · ${formatAge(Math.max(0, store.at - entry.t))}`}
    </small>
  );
}

/** A value beside the symbol, below what is there already. */
function AddValue({ placement }: { placement: Placement }) {
  const { editor } = useEditing();
  const add = (sensor: string) => {
    const { drawing } = editor;
    const box = boxOf(placement);
    const own = (drawing.tags ?? []).filter((tag) => tag.of === placement.id).map(boxOfTag);
    const y = Math.max(box.y, ...own.map((each) => each.y + each.height + 20));
    editor.perform(addTag(drawing, { id: randomIds("tag"), sensor, x: box.x + box.width + 12, y, of: placement.id }));
  };
  return (
    <SensorPick
      adds
      label={texts.values}
      value={null}
      placeholder={texts.addValue}
      asset={placement.asset ?? undefined}
      onChange={(id) => id && add(id)}
    />
  );
}
