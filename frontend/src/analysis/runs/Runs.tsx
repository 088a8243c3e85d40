import { Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { runDefinitionsKey, runDefinitionsQuery, runsKey } from "../../api/runDefinitions";
import type { Site } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import { formatCount } from "../../format";
import { useMoment, useNow, useParams, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import { Empty, ErrorMessage, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import { readChoice, RANGES, roundedUp } from "../totals/ranges";
import { MAX_OVERLAID, remove, ruleText, runsQuery, unmark } from "./data";
import type { Definition } from "./data";
import { DefinitionForm } from "./DefinitionForm";
import { MarkForm } from "./MarkForm";
import { OverlayChart } from "./OverlayChart";
import { RunTable } from "./RunTable";

/** Overlaid at first: the best and the newest. */
const OVERLAID_AT_FIRST = 5;

export function Runs({ site, catalog }: { site: Site; catalog: SiteCatalog }) {
  const tenant = useTenant();
  const [params, change] = useParams();
  const { data, error, refetch } = useQuery(runDefinitionsQuery(site.id));
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  const named = params.get("runs");
  const editing = params.has("edit");
  if (error && !data) return <Failed error={error} retry={() => void refetch()} what={texts.runsUnavailable} />;
  if (!data) return <Loading />;
  const definition = data.find(({ id }) => id === named) ?? (named === "new" ? undefined : data[0]);
  const { range } = readChoice(params);
  return (
    <>
      <div className={styles.bar}>
        <Select
          className={styles.sensor}
          aria-label={texts.definition}
          placeholder={texts.definition}
          data={data.map(({ id, name }) => ({ value: id, label: name }))}
          value={definition?.id ?? null}
          onChange={(id) => change({ runs: id, edit: null })}
        />
        <Segments
          label={texts.range}
          value={range.value}
          choices={RANGES}
          onChange={(value) => change({ range: value })}
        />
        {mayEdit && <Button onClick={() => change({ runs: "new", edit: null })}>{texts.newRuns}</Button>}
      </div>
      {named === "new" && mayEdit ? (
        <DefinitionForm site={site} catalog={catalog} close={(made) => change({ runs: made })} />
      ) : definition && editing && mayEdit ? (
        <DefinitionForm
          key={definition.id}
          site={site}
          catalog={catalog}
          definition={definition}
          close={() => change({ edit: null })}
        />
      ) : definition ? (
        <RunsOf
          key={definition.id}
          definition={definition}
          catalog={catalog}
          length={range.ms}
          edit={mayEdit ? () => change({ runs: definition.id, edit: "1" }) : null}
        />
      ) : (
        <Empty title={texts.noRuns}>{texts.noRunsDetail}</Empty>
      )}
    </>
  );
}

interface Props {
  definition: Definition;
  catalog: SiteCatalog;
  length: number;
  /** Opens the form; null for those who may not. */
  edit: (() => void) | null;
}

function RunsOf({ definition, catalog, length, edit }: Props) {
  const now = useNow();
  const { at } = useMoment();
  const zone = useZone().name;
  const client = useQueryClient();
  const end = roundedUp(at ?? now);
  const { data, error, refetch, isPlaceholderData } = useQuery(runsQuery(definition, end - length, end));
  const [picked, setPicked] = useState<Set<number> | null>(null);
  const [deleting, setDeleting] = useState(false);
  const again = () => void client.invalidateQueries({ queryKey: runsKey(definition.id) });
  const removed = useMutation({
    mutationFn: () => remove(definition),
    onSuccess: () => client.invalidateQueries({ queryKey: runDefinitionsKey(definition.site) }),
  });
  const unmarked = useMutation({ mutationFn: (mark: string) => unmark(definition.id, mark), onSuccess: again });
  const sensors = definition.sensors.flatMap((id) => catalog.sensorById.get(id) ?? []);
  const [overlaid, setOverlaid] = useState<string | null>(null);
  const shown =
    sensors.find(({ id }) => id === overlaid) ?? sensors[0] ?? catalog.sensorById.get(definition.rule.sensor ?? "");
  const best = data && data.best !== null ? data.results[data.best]! : null;
  const first = [...(best ? [best] : []), ...(data?.results ?? [])]
    .slice(0, OVERLAID_AT_FIRST)
    .map(({ start }) => start);
  const chosen = picked ?? new Set(first);
  const toggle = (start: number) => {
    const next = new Set(chosen);
    if (!next.delete(start) && next.size < MAX_OVERLAID) next.add(start);
    setPicked(next);
  };
  const runs = data?.results.filter(({ start }) => chosen.has(start)).slice(0, MAX_OVERLAID) ?? [];
  return (
    <div className={styles.result} data-old={isPlaceholderData || undefined}>
      <Card
        title={definition.name}
        aside={
          edit && (
            <span className={styles.links}>
              <Button variant="default" onClick={edit}>
                {texts.edit}
              </Button>
              <Button
                variant="default"
                loading={removed.isPending}
                onClick={() => (deleting ? removed.mutate() : setDeleting(true))}
              >
                {deleting ? texts.deleteSure : texts.delete}
              </Button>
            </span>
          )
        }
      >
        <p className={ui.quiet}>{ruleText(definition, catalog.sensorById)}</p>
        {definition.description && <p className={styles.description}>{definition.description}</p>}
        <ErrorMessage error={removed.error ?? unmarked.error} />
        {sensors.length > 1 && (
          <Select
            className={styles.sensor}
            aria-label={texts.overlaySensor}
            data={sensors.map(({ id, tag, name }) => ({ value: id, label: `${tag} ${name}` }))}
            value={shown?.id ?? null}
            onChange={setOverlaid}
          />
        )}
        {shown && runs.length > 0 && <OverlayChart sensor={shown} runs={runs} best={best?.start ?? null} zone={zone} />}
        {data && (
          <p className={styles.foot}>
            {texts.runCount(formatCount(data.results.length))}
            {data.truncated && ` · ${texts.truncated}`}
            {!data.complete && <span role="status"> · {texts.lateSamples}</span>}
          </p>
        )}
        {edit && <MarkForm definition={definition.id} zone={zone} done={again} />}
      </Card>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} what={texts.runsUnavailable} />
      ) : !data ? (
        <Loading />
      ) : data.results.length === 0 ? (
        <Empty title={texts.noRunsInRange} />
      ) : (
        <RunTable
          definition={definition}
          found={data}
          sensors={sensors}
          zone={zone}
          chosen={chosen}
          toggle={toggle}
          unmark={edit ? unmarked.mutate : undefined}
        />
      )}
    </div>
  );
}
