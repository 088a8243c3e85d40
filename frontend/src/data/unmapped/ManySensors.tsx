import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../../api/problem";
import type { Sensor } from "../../api/types";
import { useSiteCatalog } from "../../catalog";
import { formatValue } from "../../format";
import { Inspector } from "../../frame";
import { useUnits } from "../../sensors/api";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { useValues } from "../../values";
import { nameSensors } from "./api";
import { MAX_NAMED, conflictsOf, errorsById, itemsOf, partsOf } from "./naming";
import styles from "./unmapped.module.css";
import { texts } from "./texts";

interface Props {
  sensors: Sensor[];
  close: () => void;
  done: (count: number) => void;
}

/** Several sensors named by one pattern, with what each will be called and its value. */
export function ManySensors({ sensors, close, done }: Props) {
  const units = useUnits();
  const sites = new Set(sensors.map((each) => each.site));
  const { catalog } = useSiteCatalog(sites.size === 1 ? [...sites][0] : undefined);
  const [common, setCommon] = useState({ tag: "{tag}", name: "", unit: "", asset: null as string | null });
  const values = useValues({ sensors: sensors.map((each) => each.id) });
  const items = itemsOf(sensors, common);
  const save = useMutation({ mutationFn: () => nameSensors(items), onSuccess: () => done(items.length) });
  const siteOf = new Map(sensors.map(({ id, site }) => [id, site]));
  const refused = errorsById(items, save.error instanceof Problem ? save.error.extra.errors : undefined);
  const errors = new Map([...refused, ...conflictsOf(items, siteOf, texts.twice)]);
  const tooMany = items.length > MAX_NAMED;
  const edit = (part: Partial<typeof common>) => {
    save.reset();
    setCommon({ ...common, ...part });
  };
  const parts = partsOf(sensors)
    .map((part) => `{${part}}`)
    .join(", ");
  return (
    <Inspector title={texts.many(sensors.length)} subtitle={texts.manyHint} onClose={close}>
      <SubmitForm className={styles.form} onSubmit={() => save.mutate()} error={refused.size ? null : save.error}>
        <TextInput
          label={texts.tagPattern}
          description={texts.patternHint(parts)}
          placeholder={texts.keepsTag}
          value={common.tag}
          spellCheck={false}
          autoFocus
          onChange={(event) => edit({ tag: event.currentTarget.value })}
        />
        <TextInput
          label={texts.namePattern}
          placeholder={texts.keepsTag}
          value={common.name}
          onChange={(event) => edit({ name: event.currentTarget.value })}
        />
        <Autocomplete
          label={texts.unitOfAll}
          placeholder={texts.keepsTag}
          data={units}
          limit={30}
          value={common.unit}
          onChange={(unit) => edit({ unit })}
        />
        {catalog && catalog.assets.length > 0 && (
          <Select
            label={texts.assetOfAll}
            placeholder={texts.keepsTag}
            searchable
            clearable
            limit={50}
            data={catalog.assets.map(({ id, tag, name }) => ({ value: id, label: `${tag} · ${name}` }))}
            value={common.asset}
            onChange={(asset) => edit({ asset })}
          />
        )}
        {tooMany && <p className={ui.bad}>{texts.tooMany(MAX_NAMED)}</p>}
        <ul className={styles.preview}>
          {items.map((item, index) => {
            const sensor = sensors[index]!;
            const value = values.data?.bySensor.get(item.id);
            return (
              <li key={item.id}>
                <div>
                  <code>{item.tag}</code>
                  {item.tag !== sensor.tag && <div className={ui.sub}>{sensor.tag}</div>}
                  {errors.has(item.id) && <div className={`${ui.sub} ${ui.bad}`}>{errors.get(item.id)}</div>}
                </div>
                <span>{formatValue(value?.v ?? null, null, { ...sensor, unit: item.unit })}</span>
              </li>
            );
          })}
        </ul>
        <div className={ui.actions}>
          <Button type="submit" loading={save.isPending} disabled={tooMany || errors.size > 0}>
            {texts.saveMany(items.length)}
          </Button>
          <Button variant="default" onClick={close}>
            {texts.clear}
          </Button>
        </div>
      </SubmitForm>
    </Inspector>
  );
}
