import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { formatCount } from "../../format";
import { View } from "../../frame";
import { useMe } from "../../tenant";
import { Card } from "../../ui/Card";
import { Empty, Failed, Trouble, Waiting } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { deleteRelease, useReleases, useRollouts, useTenants } from "../api";
import type { Release } from "../api";
import { RolloutUnderWay } from "../RolloutCard";
import { State } from "../State";
import { OperatorsOnly, OperatorTabs } from "../Tabs";
import { progressOf } from "../rollout";
import styles from "../operators.module.css";
import { NewRelease } from "./NewRelease";
import { RolloutPane } from "./RolloutPane";
import { StartRollout } from "./StartRollout";

export default function Releases() {
  const { rollout } = useParams<{ rollout?: string }>();
  const me = useMe().data;
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const [starting, setStarting] = useState<string | null>(null);
  const releases = useReleases();
  if (me && !me.operator) return <OperatorsOnly />;
  const open = (id?: string) => navigate(`/operators/releases${id ? `/${id}` : ""}`, { replace: true });
  const create = <Button onClick={() => setMaking(true)}>New release</Button>;
  return (
    <View
      title="Releases"
      inspector={rollout ? <RolloutPane key={rollout} id={rollout} close={() => open()} /> : undefined}
    >
      <div className={`${ui.page} ${styles.page}`}>
        <OperatorTabs />
        <div className={ui.pageHead}>
          <h1>Releases</h1>
          {releases.data && <span className={ui.quiet}>{formatCount(releases.data.length)}</span>}
          <span className={ui.grow} />
          {create}
        </div>
        <RolloutUnderWay />
        {releases.isPending ? (
          <Waiting />
        ) : releases.isError ? (
          <Failed error={releases.error} retry={() => void releases.refetch()} />
        ) : releases.data.length === 0 ? (
          <Empty title="No releases yet" action={create}>
            A release names what a tenant's server is made of: images, the chart's version, settings of InfluxDB. Until
            there is one, tenants have what the chart has.
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
      {remove.isError && <Trouble error={remove.error} />}
      <div className={ui.scrollX}>
        <table className={ui.table} data-testid="releases">
          <thead>
            <tr>
              <th>Release</th>
              <th>Made of</th>
              <th className={ui.number}>Tenants</th>
              <th>Created</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {releases.map((each) => (
              <tr key={each.name}>
                <td className={styles.name}>
                  <b>{each.name}</b>
                  {each.notes && <div className={ui.sub}>{each.notes}</div>}
                </td>
                <td className={styles.made}>
                  {madeOf(each).map((part) => (
                    <div key={part} className={ui.sub}>
                      {part}
                    </div>
                  ))}
                </td>
                <td className={ui.number}>{formatCount(each.tenants)}</td>
                <td className={styles.when}>
                  <Ago ms={each.created} />
                  <div className={ui.sub}>{each.created_by || "the command line"}</div>
                </td>
                <td className={ui.number}>
                  <div className={ui.actions} style={{ justifyContent: "flex-end", flexWrap: "nowrap" }}>
                    {each.tenants === 0 && rollouts && !rollouts.some((one) => one.release === each.name) && (
                      <Button variant="default" onClick={() => remove.mutate(each.name)}>
                        Delete
                      </Button>
                    )}
                    <Button variant="default" disabled={running} onClick={() => start(each.name)}>
                      Roll out…
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function madeOf(release: Release): string[] {
  const parts = [
    ...(release.chart_version ? [`chart ${release.chart_version}`] : []),
    ...Object.values(release.images),
    ...Object.entries(release.settings).map(([name, value]) => `${name} ${value}`),
  ];
  return parts.length ? parts : ["as the chart has it"];
}

/** How many tenants each ring has; the list of them is the tenants' page. */
function Rings() {
  const counts = useTenants({ q: "", state: "", ring: "", cursor: "" }).data?.counts;
  if (!counts) return null;
  const rings: [string, number, string][] = [
    ["canary", counts.rings.canary ?? 0, "first: tenants that notice and tell"],
    ["early", counts.rings.early ?? 0, "when canary is healthy"],
    ["all", counts.rings.all ?? 0, "when early is healthy"],
    ["pinned", counts.pinned, "left out of every roll-out"],
  ];
  return (
    <Card title="Rings" aside={<span className={ui.sub}>A tenant's ring is changed on its own page</span>}>
      <div className={styles.rings}>
        {rings.map(([ring, count, says]) => (
          <div key={ring}>
            <div className={styles.ringHead}>
              <Link href={`/operators/tenants?ring=${ring}`}>{ring}</Link>
              <span>{formatCount(count)}</span>
            </div>
            <p className={ui.sub}>{says}</p>
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
    <Card flush title="Roll-outs">
      <div className={ui.scrollX}>
        <table className={ui.table} data-testid="rollouts">
          <thead>
            <tr>
              <th>Release</th>
              <th>State</th>
              <th>Rings</th>
              <th>Begun</th>
            </tr>
          </thead>
          <tbody>
            {rollouts.data.map((each) => (
              <tr
                key={each.id}
                data-action
                data-selected={each.id === chosen || undefined}
                onClick={() => open(each.id)}
              >
                <td className={styles.name}>
                  <Link href={`/operators/releases/${each.id}`} onClick={(event) => event.stopPropagation()}>
                    {each.release}
                  </Link>
                </td>
                <td className={styles.status}>
                  <State state={each.state} />
                  {each.reason && <div className={ui.sub}>{each.reason}</div>}
                </td>
                <td>
                  {each.rings.map(({ ring, states }) => {
                    const { through, total } = progressOf(states);
                    return <div key={ring} className={ui.sub}>{`${ring} ${through} of ${total}`}</div>;
                  })}
                  {each.rings.length === 0 && <span className={ui.sub}>nobody needed it</span>}
                </td>
                <td className={styles.when}>
                  <Ago ms={each.created} />
                  <div className={ui.sub}>{each.created_by || "the command line"}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
