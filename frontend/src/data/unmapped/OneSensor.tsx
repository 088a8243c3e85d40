import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { Problem } from "../../api/problem";
import type { Sensor } from "../../api/types";
import { useSiteCatalog } from "../../catalog";
import { displayUnit, formatNumber, formatValue } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith } from "../../moment";
import { useUnits } from "../../sensors/api";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { useValues } from "../../values";
import { nameSensors, readSuggestions } from "./api";
import type { Suggestion } from "./api";
import { isAlike, namingOf, retag, seriesText } from "./naming";
import styles from "./unmapped.module.css";
import { texts } from "./texts";

interface Props {
  sensor: Sensor;
  mayEdit: boolean;
  close: () => void;
  done: (count: number) => void;
}

/** One unmapped sensor: what it sends, which sensors are like it, and what it is to be called. */
export function OneSensor({ sensor, mayEdit, close, done }: Props) {
  const tenant = useTenant()!;
  const { catalog } = useSiteCatalog(sensor.site);
  const units = useUnits();
  const [draft, setDraft] = useState(namingOf(sensor));
  const values = useValues({ sensors: [sensor.id] });
  const latest = values.data?.bySensor.get(sensor.id);
  const save = useMutation({
    mutationFn: () => nameSensors([{ ...draft, id: sensor.id, revision: sensor.revision }]),
    onSuccess: () => done(1),
  });
  const errors = fieldErrors(save.error);
  const edit = (part: Partial<typeof draft>) => {
    save.reset();
    setDraft({ ...draft, ...part });
  };
  return (
    <Inspector title={sensor.tag} subtitle={seriesText(sensor)} onClose={close}>
      <p className={styles.now}>
        <b>{formatValue(latest?.v ?? null, null, { ...sensor, unit: draft.unit })}</b>{" "}
        {latest?.t ? <Ago ms={latest.t} /> : texts.never}{" "}
        <Link href={hrefWith(`/t/${tenant.slug}/trends`, { sensors: sensor.id })}>{texts.openInTrends}</Link>
      </p>
      {mayEdit && (
        <>
          <SubmitForm onSubmit={() => save.mutate()} error={errors ? null : save.error}>
            <TextInput
              label={texts.tag}
              value={draft.tag}
              error={errors?.tag}
              spellCheck={false}
              onChange={(event) => edit(retag(draft, event.currentTarget.value))}
            />
            <TextInput
              label={texts.name}
              value={draft.name}
              error={errors?.name}
              onChange={(event) => edit({ name: event.currentTarget.value })}
            />
            {sensor.kind !== "text" && (
              <Autocomplete
                label={texts.unit}
                data={units}
                limit={30}
                value={draft.unit}
                error={errors?.unit}
                onChange={(unit) => edit({ unit })}
              />
            )}
            <Select
              label={texts.asset}
              searchable
              clearable
              limit={50}
              placeholder={texts.noAsset}
              data={(catalog?.assets ?? []).map(({ id, tag, name }) => ({ value: id, label: `${tag} · ${name}` }))}
              value={draft.asset}
              error={errors?.asset}
              onChange={(asset) => edit({ asset })}
            />
            <div className={ui.actions}>
              <Button type="submit" loading={save.isPending}>
                {texts.save}
              </Button>
            </div>
          </SubmitForm>
          <Suggestions
            sensor={sensor}
            take={(like) =>
              edit({ unit: like.unit, ...(catalog?.assetById.has(like.asset ?? "") && { asset: like.asset }) })
            }
          />
        </>
      )}
    </Inspector>
  );
}

/** What the server found wrong, by field; null if the response names none of ours. */
function fieldErrors(error: unknown): Record<string, string> | null {
  if (!(error instanceof Problem) || !Array.isArray(error.extra.errors)) return null;
  const listed = error.extra.errors as { field: string; message: string }[];
  if (!listed.every(({ field }) => ["tag", "name", "unit", "asset"].includes(field))) return null;
  return Object.fromEntries(listed.map(({ field, message }) => [field, message]));
}

const percent = (share: number) => formatNumber(share * 100, 0);

function Suggestions({ sensor, take }: { sensor: Sensor; take: (like: Suggestion) => void }) {
  const tenant = useTenant()!;
  const query = useQuery({
    queryKey: [tenant.slug, "unmapped", sensor.id, "suggestions"],
    queryFn: ({ signal }) => readSuggestions(sensor.id, signal),
    staleTime: 60_000,
  });
  const found = query.data?.filter(isAlike);
  return (
    <InspectorSection title={texts.suggestions}>
      <p className={ui.sub}>{texts.suggestionsHint}</p>
      <ErrorMessage error={query.error} />
      {found?.length === 0 && <p className={ui.quiet}>{texts.noSuggestions}</p>}
      {found?.map((like) => (
        <div key={like.id} className={styles.like}>
          <div>
            <b>{like.tag}</b> {like.name} {displayUnit(like.unit) && `(${displayUnit(like.unit)})`}
            <div className={ui.sub}>
              {[
                texts.likeName(percent(like.by_name)),
                like.by_values !== null && texts.likeValues(percent(like.by_values)),
              ]
                .filter(Boolean)
                .join(" · ")}
            </div>
          </div>
          <button type="button" className={ui.link} onClick={() => take(like)}>
            {texts.take}
          </button>
        </div>
      ))}
    </InspectorSection>
  );
}
