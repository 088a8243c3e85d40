import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { errorText } from "../../api/problem";
import type { Calculated, Site } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import { calculatedKey } from "../../catalog/calculated";
import { displayUnit, formatMoment } from "../../format";
import { useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import { checkQuery, draftOf, remove, save, versionsQuery } from "./data";
import { inserted } from "./insert";

const CHECK_DELAY_MS = 300;
const MAX_OPTIONS = 50;

interface Props {
  site: Site;
  catalog: SiteCatalog;
  /** null: a new one. */
  series: Calculated | null;
  close: () => void;
}

export function SeriesForm({ site, catalog, series, close }: Props) {
  const tenant = useTenant();
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(series));
  const [deleting, setDeleting] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  const [checked] = useDebouncedValue(draft, CHECK_DELAY_MS);
  const check = useQuery(checkQuery(site.id, checked));
  const done = () => {
    void client.invalidateQueries({ queryKey: calculatedKey(site.id) });
    void client.invalidateQueries({ queryKey: [tenant?.slug, "trend"] });
    close();
  };
  const stored = useMutation({ mutationFn: () => save(site.id, series, draft), onSuccess: done });
  const removed = useMutation({ mutationFn: () => remove(series!), onSuccess: done });
  const set = (changes: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...changes }));
  const insert = (tag: string | null) => {
    if (!tag) return;
    const at = field.current?.selectionStart ?? draft.expression.length;
    set({ expression: inserted(draft.expression, at, `{${tag}}`) });
    field.current?.focus();
  };
  const current = checked === draft;
  const message = checkText(check.data?.unit, check.error, draft.expression.trim() !== "");
  return (
    <Card title={series ? series.name : texts.newSeries}>
      <div className={styles.narrow}>
        <SubmitForm onSubmit={() => mayEdit && stored.mutate()} error={stored.error ?? removed.error}>
          <TextInput
            label={texts.name}
            value={draft.name}
            readOnly={!mayEdit}
            required
            maxLength={100}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Textarea
            ref={field}
            label={texts.expression}
            description={texts.expressionHint}
            classNames={{ input: styles.code! }}
            value={draft.expression}
            readOnly={!mayEdit}
            required
            autosize
            minRows={2}
            maxLength={2000}
            spellCheck={false}
            onChange={(event) => set({ expression: event.currentTarget.value })}
          />
          <p
            className={styles.check}
            role={check.error ? "alert" : "status"}
            data-wrong={check.error ? true : undefined}
          >
            {current ? message : " "}
          </p>
          {mayEdit && (
            <Select
              label={texts.insertSensor}
              placeholder={texts.chooseSensor}
              searchable
              limit={MAX_OPTIONS}
              nothingFoundMessage={texts.nothingFound}
              data={catalog.sensors
                .filter(({ kind }) => kind !== "text")
                .map(({ tag, name, unit }) => ({ value: tag, label: [tag, name, displayUnit(unit)].join(" ") }))}
              value={null}
              onChange={insert}
            />
          )}
          <TextInput
            label={texts.unit}
            description={texts.unitHint}
            value={draft.unit}
            readOnly={!mayEdit}
            onChange={(event) => set({ unit: event.currentTarget.value })}
          />
          <TextInput
            label={texts.description}
            value={draft.description}
            readOnly={!mayEdit}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
          {series && mayEdit && (
            <TextInput
              label={texts.note}
              value={draft.note}
              onChange={(event) => set({ note: event.currentTarget.value })}
            />
          )}
          <div className={ui.actions}>
            {mayEdit && (
              <Button type="submit" loading={stored.isPending} disabled={!current || !check.data}>
                {series ? texts.saveVersion : texts.create}
              </Button>
            )}
            <Button variant="default" onClick={close}>
              {texts.close}
            </Button>
            {series && mayEdit && (
              <Button
                variant="default"
                loading={removed.isPending}
                onClick={() => (deleting ? removed.mutate() : setDeleting(true))}
              >
                {deleting ? texts.deleteSure : texts.delete}
              </Button>
            )}
          </div>
        </SubmitForm>
      </div>
      {series && series.revision > 1 && <Versions series={series} use={(expression) => set({ expression })} />}
    </Card>
  );
}

/** What the server says about the expression. */
function checkText(unit: string | undefined, error: unknown, written: boolean): string {
  if (!written) return texts.expressionMissing;
  if (error) return errorText(error);
  if (unit === undefined) return " ";
  return unit ? texts.resultIn(displayUnit(unit)) : texts.resultPlain;
}

function Versions({ series, use }: { series: Calculated; use: (expression: string) => void }) {
  const zone = useZone();
  const { data, error } = useQuery(versionsQuery(series));
  if (error) return <p role="alert">{errorText(error)}</p>;
  return (
    <>
      <h3 className={styles.heading}>{texts.versions}</h3>
      <DataTable
        rows={data ?? []}
        keyOf={({ version }) => version}
        label={texts.versions}
        columns={[
          { head: texts.version, number: true, cell: ({ version }) => version },
          { head: texts.time, cell: ({ created }) => formatMoment(created, zone.name, false) },
          { head: texts.author, cell: ({ author }) => author },
          { head: texts.expression, cell: ({ expression }) => <code className={styles.expression}>{expression}</code> },
          { head: texts.unit, cell: ({ unit }) => displayUnit(unit) || "–" },
          { head: texts.note, cell: ({ note }) => note },
          {
            cell: ({ expression }) => (
              <button type="button" className={ui.link} onClick={() => use(expression)}>
                {texts.useVersion}
              </button>
            ),
          },
        ]}
      />
    </>
  );
}
