import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { formatCount } from "../../format";
import { View } from "../../frame";
import { useMe } from "../../tenant";
import { DataTable } from "../../ui/DataTable";
import { Card } from "../../ui/Card";
import { Empty, Failed, ErrorMessage, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { deleteRelease, useReleases, useRollouts, useTenants } from "../api";
import type { Release } from "../api";
import { RolloutInProgress } from "../RolloutCard";
import { State } from "../State";
import { OperatorsOnly, OperatorTabs } from "../Tabs";
import { progressOf } from "../rollout";
import styles from "../operators.module.css";
import { NewRelease } from "./NewRelease";
import { RolloutPane } from "./RolloutPane";
import { StartRollout } from "./StartRollout";
import { texts } from "./texts";

export default function Releases() {
  const { rollout } = useParams<{ rollout?: string }>();
  const me = useMe().data;
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const [starting, setStarting] = useState<string | null>(null);
  const releases = useReleases();
  if (me && !me.operator) return <OperatorsOnly />;
  const open = (id?: string) => navigate(`/operators/releases${id ? `/${id}` : ""}`, { replace: true });
  const create = <Button onClick={() => setMaking(true)}>{texts.newRelease}</Button>;
  return (
    <View
      headed
      title={texts.releases}
      inspector={rollout ? <RolloutPane key={rollout} id={rollout} close={() => open()} /> : undefined}
    >
      <div className={`${ui.page} ${styles.page}`}>
        <OperatorTabs />
        <div className={ui.pageHead}>
          <h1>{texts.releases}</h1>
          {releases.data && <span className={ui.quiet}>{formatCount(releases.data.length)}</span>}
          <span className={ui.grow} />
          {create}
        </div>
        <RolloutInProgress />
        {releases.isPending ? (
          <Loading />
        ) : releases.isError ? (
          <Failed error={releases.error} retry={() => void releases.refetch()} />
        ) : releases.data.length === 0 ? (
          <Empty title={texts.noReleases} action={create}>
            {texts.noReleasesDetail}
          </Empty>
        ) : (
          <ReleaseTable releases={releases.data} start={setStarting} />
        )}
        <Rings />
        <Rollouts chosen={rollout} open={open} />
      </div>
      {making && <NewRelease close={() => setMaking(false)} />}
      {starting !== null && <StartRollout release={starting} close={() => setStarting(null)} started={open} />}
    </View>
  );
}

function ReleaseTable({ releases, start }: { releases: Release[]; start: (name: string) => void }) {
  const client = useQueryClient();
  const rollouts = useRollouts().data;
  const remove = useMutation({
    mutationFn: deleteRelease,
    onSettled: () => client.invalidateQueries({ queryKey: ["releases"] }),
  });
  const running = rollouts?.some((each) => each.state === "running");
  return (
    <Card flush>
      {remove.isError && <ErrorMessage error={remove.error} />}
      <DataTable
        rows={releases}
        keyOf={(each) => each.name}
        testId="releases"
        columns={[
          {
            head: texts.release,
            className: styles.name,
            cell: (each) => (
              <>
                <b>{each.name}</b>
                {each.notes && <div className={ui.sub}>{each.notes}</div>}
              </>
            ),
          },
          {
            head: texts.contents,
            className: styles.contents,
            cell: (each) =>
              madeOf(each).map((part) => (
                <div key={part} className={ui.sub}>
                  {part}
                </div>
              )),
          },
          { head: texts.tenants, number: true, cell: (each) => formatCount(each.tenants) },
          {
            head: texts.created,
            className: styles.when,
            cell: (each) => (
              <>
                <Ago ms={each.created} />
                <div className={ui.sub}>{each.created_by || texts.commandLine}</div>
              </>
            ),
          },
          {
            number: true,
            cell: (each) => (
              <div className={ui.actions} style={{ justifyContent: "flex-end", flexWrap: "nowrap" }}>
                {each.tenants === 0 && rollouts && !rollouts.some((one) => one.release === each.name) && (
                  <Button variant="default" onClick={() => remove.mutate(each.name)}>
                    {texts.delete}
                  </Button>
                )}
                <Button variant="default" disabled={running} onClick={() => start(each.name)}>
                  {texts.rollOutButton}
                </Button>
              </div>
            ),
          },
        ]}
      />
    </Card>
  );
}

function madeOf(release: Release): string[] {
  const parts = [
    ...(release.chart_version ? [texts.chart(release.chart_version)] : []),
    ...Object.values(release.images),
    ...Object.entries(release.settings).map(([name, value]) => `${name} ${value}`),
  ];
  return parts.length ? parts : [texts.chartDefaults];
}

/** How many tenants each ring has; the tenants' page lists them. */
function Rings() {
  const counts = useTenants({ q: "", state: "", ring: "", cursor: "" }).data?.counts;
  if (!counts) return null;
  const rings: [string, number, string][] = [
    ["canary", counts.rings.canary ?? 0, texts.canaryHint],
    ["early", counts.rings.early ?? 0, texts.earlyHint],
    ["all", counts.rings.all ?? 0, texts.allHint],
    ["pinned", counts.pinned, texts.pinnedHint],
  ];
  return (
    <Card title={texts.rings} aside={<span className={ui.sub}>{texts.ringsHint}</span>}>
      <div className={styles.rings}>
        {rings.map(([ring, count, hint]) => (
          <div key={ring}>
            <div className={styles.ringHead}>
              <Link href={`/operators/tenants?ring=${ring}`}>{ring}</Link>
              <span>{formatCount(count)}</span>
            </div>
            <p className={ui.sub}>{hint}</p>
          </div>
        ))}
      </div>
    </Card>
  );
}

function Rollouts({ chosen, open }: { chosen?: string; open: (id: string) => void }) {
  const rollouts = useRollouts();
  if (!rollouts.data?.length) return null;
  return (
    <Card flush title={texts.rollOuts}>
      <DataTable
        rows={rollouts.data}
        keyOf={(each) => each.id}
        testId="rollouts"
        isSelected={(each) => each.id === chosen}
        onOpen={(each) => open(each.id)}
        columns={[
          {
            head: texts.release,
            className: styles.name,
            cell: (each) => (
              <Link href={`/operators/releases/${each.id}`} onClick={(event) => event.stopPropagation()}>
                {each.release}
              </Link>
            ),
          },
          {
            head: texts.state,
            className: styles.status,
            cell: (each) => (
              <>
                <State state={each.state} />
                {each.reason && <div className={ui.sub}>{each.reason}</div>}
              </>
            ),
          },
          {
            head: texts.rings,
            cell: (each) => (
              <>
                {each.rings.map(({ ring, states }) => {
                  const { complete, total } = progressOf(states);
                  return (
                    <div key={ring} className={ui.sub}>
                      {texts.ringProgress(ring, complete, total)}
                    </div>
                  );
                })}
                {each.rings.length === 0 && <span className={ui.sub}>{texts.noTenantsUpgrade}</span>}
              </>
            ),
          },
          {
            head: texts.started,
            className: styles.when,
            cell: (each) => (
              <>
                <Ago ms={each.created} />
                <div className={ui.sub}>{each.created_by || texts.commandLine}</div>
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}
