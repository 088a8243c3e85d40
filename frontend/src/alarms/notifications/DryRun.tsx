import { Button, Select, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { PRIORITIES } from "../../alarmData";
import { useSiteCatalog } from "../../catalog";
import { formatDuration, formatMoment, parseMomentText } from "../../format";
import { useNow, useZone } from "../../moment";
import { useSite, useSites } from "../../tenant";
import { SubmitForm } from "../../ui/SubmitForm";
import { Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { preview } from "./api";
import type { Planned } from "./api";
import { useRules } from "./data";
import styles from "./notifications.module.css";
import { texts } from "./texts";

/** What the stored routes would do with an alarm. */
export function DryRun() {
  const here = useSite();
  const sites = useSites().data ?? [];
  const zone = useZone().name;
  const now = useNow();
  const [priority, setPriority] = useState("1");
  const [chosen, setSite] = useState<string | null>(null);
  const [area, setArea] = useState<string | null>(null);
  const [asset, setAsset] = useState<string | null>(null);
  const [rule, setRule] = useState<string | null>(null);
  const rules = useRules().data ?? [];
  const [at, setAt] = useState("");
  const site = chosen ?? here?.id;
  const { catalog } = useSiteCatalog(site);
  const moment = at.trim() ? parseMomentText(at, zone, now) : null;
  const wrong = at.trim() !== "" && moment === null;
  const run = useMutation({
    mutationFn: async () => {
      const begins = moment ?? Date.now();
      const of = Number(priority) as (typeof PRIORITIES)[number];
      const body = { priority: of, site: site!, area: asset ? null : area, asset, rule, at: begins };
      return { begins, results: (await preview(body)).results };
    },
  });
  return (
    <SubmitForm onSubmit={() => site && !wrong && run.mutate()} error={run.error} label={texts.dryRun}>
      <p className={ui.quiet}>{texts.dryRunHint}</p>
      <div className={styles.pair}>
        <Select
          label={texts.priority}
          data={PRIORITIES.map(String)}
          value={priority}
          allowDeselect={false}
          onChange={(value) => value && setPriority(value)}
        />
        <TextInput
          label={texts.at}
          description={texts.atHint(zone)}
          value={at}
          error={wrong && texts.atWrong}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <Select
          label={texts.site}
          data={sites.map((each) => ({ value: each.id, label: each.name }))}
          value={site ?? null}
          allowDeselect={false}
          onChange={(value) => {
            setSite(value);
            setArea(null);
            setAsset(null);
          }}
        />
        <Select
          label={texts.area}
          placeholder={texts.anyArea}
          clearable
          searchable
          data={(catalog?.areas ?? []).map((each) => ({ value: each.id, label: each.name }))}
          value={area}
          disabled={asset !== null}
          onChange={setArea}
        />
        <Select
          label={texts.asset}
          placeholder={texts.anyAsset}
          clearable
          searchable
          limit={100}
          data={(catalog?.assets ?? []).map((each) => ({ value: each.id, label: each.tag }))}
          value={asset}
          onChange={setAsset}
        />
        <Select
          label={texts.rule}
          placeholder={texts.anyRule}
          clearable
          searchable
          limit={100}
          data={rules.map((each) => ({ value: each.id, label: each.name }))}
          value={rule}
          onChange={setRule}
        />
      </div>
      <div className={ui.actions}>
        <Button type="submit" variant="default" disabled={!site || wrong} loading={run.isPending}>
          {texts.run}
        </Button>
      </div>
      {run.isPending ? <Loading /> : run.data && <Told {...run.data} zone={zone} />}
    </SubmitForm>
  );
}

function Told({ begins, results, zone }: { begins: number; results: readonly Planned[]; zone: string }) {
  if (results.length === 0) return <p role="status">{texts.nobodyTold}</p>;
  return (
    <ol className={styles.told} aria-label={texts.dryRun}>
      {results.map((each, index) => (
        <li key={index}>
          <span className={styles.toldWhen} title={formatMoment(each.at, zone)}>
            {each.at <= begins ? texts.atOnce : texts.inTime(formatDuration(each.at - begins))}
          </span>
          <div>
            <b>{each.recipient}</b> <span className={ui.quiet}>{each.channel_name || texts.kinds[each.kind]}</span>
            <div className={ui.sub}>{each.why}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}
