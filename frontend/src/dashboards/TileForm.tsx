import { Modal, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { all, tenantOfPath } from "../api/client";
import type { Tile } from "../api/types";
import { useSiteCatalog } from "../catalog";
import { useWithCalculated } from "../catalog/calculated";
import { durationName, parseDuration } from "../format";
import { useSavedViews } from "../savedViews";
import { useSite } from "../tenant";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import { useSensors } from "./data";
import { MAX_SENSORS } from "./layout";
import { texts } from "./texts";

interface Props {
  tile: Tile;
  /** The dashboard's. */
  range: string;
  shared: boolean;
  apply: (tile: Tile) => void;
  close: () => void;
}

const SHOWN = 60;

/** What a tile shows. Its kind stays, as its place was chosen for it. */
export function TileForm({ tile, range, shared, apply, close }: Props) {
  const [draft, setDraft] = useState(tile);
  const [own, setOwn] = useState(tile.range ?? "");
  const change = (part: Partial<Tile>) => setDraft((old) => ({ ...old, ...part }));
  const length = own.trim() === "" ? null : parseDuration(own);
  const wrong = own.trim() !== "" && length === null;
  const ready =
    !wrong &&
    (draft.kind !== "view" || draft.view !== null) &&
    (draft.kind !== "schematic" || draft.schematic !== null);
  const submit = () => {
    if (!ready) return;
    apply({ ...draft, title: draft.title.trim(), range: own.trim().replaceAll(" ", "") || null });
  };
  const ranged = draft.kind === "trend" || draft.kind === "view" || draft.kind === "table";
  return (
    <Modal opened onClose={close} title={texts.kinds[tile.kind]} size={460}>
      <SubmitForm onSubmit={submit} label={texts.tile}>
        {(draft.kind === "trend" || draft.kind === "values" || draft.kind === "table") && (
          <Sensors value={draft.sensors} most={MAX_SENSORS[draft.kind]} onChange={(sensors) => change({ sensors })} />
        )}
        {draft.kind === "view" && <ViewPick value={draft.view} shared={shared} onChange={(view) => change({ view })} />}
        {draft.kind === "schematic" && (
          <SchematicPick value={draft.schematic} onChange={(schematic) => change({ schematic })} />
        )}
        {draft.kind === "text" && (
          <Textarea
            label={texts.text}
            data-autofocus
            autosize
            minRows={3}
            maxRows={12}
            maxLength={2000}
            value={draft.text}
            onChange={(event) => change({ text: event.currentTarget.value })}
          />
        )}
        {ranged && (
          <TextInput
            label={texts.tileRange}
            placeholder={texts.ofDashboard(durationName(parseDuration(range) ?? 0))}
            value={own}
            maxLength={14}
            onChange={(event) => setOwn(event.currentTarget.value)}
            error={wrong && texts.rangeExample}
          />
        )}
        <TextInput
          label={texts.titleLabel}
          description={draft.kind === "text" ? undefined : texts.titleHint}
          maxLength={120}
          value={draft.title}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
        <Actions does={texts.apply} close={close} disabled={!ready} />
      </SubmitForm>
    </Modal>
  );
}

function Sensors({ value, most, onChange }: { value: string[]; most: number; onChange: (ids: string[]) => void }) {
  const site = useSite()?.id;
  const catalog = useWithCalculated(useSiteCatalog(site).catalog, site);
  const { known } = useSensors(value);
  const elsewhere = value.filter((id) => !catalog?.sensorById.has(id));
  const data = [
    ...elsewhere.map((id) => ({ value: id, label: known.get(id)?.tag ?? id })),
    ...(catalog?.sensors ?? []).map(({ id, tag, name }) => ({
      value: id,
      label: name && name !== tag ? `${tag} · ${name}` : tag,
    })),
  ];
  return (
    <MultiSelect
      searchable
      data-autofocus
      label={texts.sensors}
      description={texts.sensorsHint(most)}
      data={data}
      limit={SHOWN}
      maxValues={most}
      value={value}
      onChange={onChange}
      nothingFoundMessage="–"
    />
  );
}

/** On a dashboard that everybody sees only views that everybody sees. */
function ViewPick(props: { value: string | null; shared: boolean; onChange: (id: string | null) => void }) {
  const views = useSavedViews(undefined).data ?? [];
  const data = views
    .filter((view) => view.shared || !props.shared || view.id === props.value)
    .map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      searchable
      data-autofocus
      label={texts.view}
      description={data.length === 0 ? texts.noViews : undefined}
      data={data}
      value={props.value}
      onChange={props.onChange}
    />
  );
}

function SchematicPick({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const found = useQuery({
    queryKey: [tenantOfPath(), "schematics", "all sites"],
    queryFn: ({ signal }) => all("/api/v1/schematics", {}, signal),
    staleTime: 30_000,
  });
  const data = (found.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      searchable
      data-autofocus
      label={texts.schematic}
      description={found.data?.length === 0 ? texts.noSchematics : undefined}
      data={data}
      value={value}
      onChange={onChange}
    />
  );
}
