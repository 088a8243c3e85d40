import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { Link } from "wouter";
import { DASH, formatBytes, formatCount, formatNumber } from "../format";
import { Inspector, InspectorSection } from "../frame";
import { useShortcuts } from "../keyboard";
import { useMe } from "../tenant";
import { CopyField } from "../ui/CopyField";
import { Failed, Trouble, Waiting } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { Backups } from "./backups";
import { changeTenant, inviteAdmin, isGone, readDisks, retryTenant, useRollouts, useTenant } from "./api";
import type { Tenant } from "./api";
import { LIMITS, releaseName, SIZES } from "./fields";
import { ManifestsSheet } from "./Manifests";
import { RollBack } from "./RollBack";
import { State, Steps } from "./State";
import { Stopped } from "./Stopped";
import { TenantChange } from "./TenantChange";
import { TenantDelete } from "./TenantDelete";
import styles from "./operators.module.css";

type Sheet = "change" | "delete" | "manifests" | "back" | null;

/** The selected tenant: what stopped and what to do, its steps, what it is and takes, and every hand on it. */
export function TenantPane({ slug, close }: { slug: string; close: () => void }) {
  const found = useTenant(slug);
  const [sheet, setSheet] = useState<Sheet>(null);
  useShortcuts("pane", { close }, sheet === null);
  if (isGone(found.error)) {
    return (
      <Inspector title={slug} subtitle="This tenant is gone" onClose={close}>
        <p className={ui.quiet} style={{ marginTop: 12 }}>
          It was deleted, or never existed. Its slug may be used again and will start empty.
        </p>
        <KeptDisk slug={slug} />
        <Backups slug={slug} />
      </Inspector>
    );
  }
  const tenant = found.data;
  if (!tenant) {
    return (
      <Inspector title={slug} onClose={close}>
        {found.isError ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Waiting />}
      </Inspector>
    );
  }
  return (
    <Inspector
      title={tenant.name}
      subtitle={
        <>
          {tenant.slug} · {tenant.driver}
          {tenant.cluster && ` on ${tenant.cluster}`} · created <Ago ms={tenant.created} />
        </>
      }
      onClose={close}
    >
      <div style={{ marginTop: 12 }}>
        <State state={tenant.state} />
      </div>
      <Stopped tenant={tenant} />
      {tenant.steps.length > 0 && tenant.steps.some((step) => step.state !== "done") && (
        <InspectorSection title="Steps">
          <Steps steps={tenant.steps} said={tenant.error} />
        </InspectorSection>
      )}
      <Actions tenant={tenant} open={setSheet} />
      <Figures tenant={tenant} />
      <Software tenant={tenant} open={setSheet} />
      <Backups slug={slug} tenant={tenant} />
      {tenant.state === "ready" && <People slug={slug} />}
      <Facts
        title="Limits"
        rows={Object.entries(tenant.limits).map(([name, n]) => [LIMITS[name] ?? name, formatCount(n)])}
      />
      {tenant.steps.length > 0 && tenant.steps.every((step) => step.state === "done") && (
        <InspectorSection title="Last steps">
          <Steps steps={tenant.steps} />
        </InspectorSection>
      )}
      <Facts
        title="Where it lies"
        rows={[...Object.entries(tenant.endpoints), ["id", tenant.id], ["disk", tenant.disk]]}
      />
      {sheet === "change" && <TenantChange tenant={tenant} close={() => setSheet(null)} />}
      {sheet === "delete" && <TenantDelete tenant={tenant} close={() => setSheet(null)} />}
      {sheet === "manifests" && <ManifestsSheet tenant={tenant} close={() => setSheet(null)} />}
      {sheet === "back" && <BackOfOne tenant={tenant} close={() => setSheet(null)} />}
    </Inspector>
  );
}

function KeptDisk({ slug }: { slug: string }) {
  const disks = useQuery({ queryKey: ["disks"], queryFn: ({ signal }) => readDisks(signal) }).data ?? [];
  const kept = disks.find((each) => each.slug === slug);
  if (!kept) return null;
  return (
    <p style={{ marginTop: 8 }}>
      Its disk is kept since <Ago ms={kept.kept} />: a <Link href="/operators/tenants/new">new tenant</Link> may adopt
      it.
    </p>
  );
}

function Actions({ tenant, open }: { tenant: Tenant; open: (sheet: Sheet) => void }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: ["tenants"] });
  const { slug, state } = tenant;
  const suspend = useMutation({
    mutationFn: (suspended: boolean) => changeTenant(slug, { suspended }),
    onSettled: again,
  });
  const retry = useMutation({ mutationFn: () => retryTenant(slug), onSettled: again });
  return (
    <>
      {(suspend.isError || retry.isError) && <Trouble error={suspend.error ?? retry.error} />}
      <div className={ui.actions} style={{ marginTop: 16 }}>
        {state === "failed" && (
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            Retry
          </Button>
        )}
        {state === "suspended" && (
          <Button loading={suspend.isPending} onClick={() => suspend.mutate(false)}>
            Resume
          </Button>
        )}
        {state !== "deleting" && (
          <Button variant="default" onClick={() => open("change")}>
            {state === "failed" ? "Change and retry…" : "Change…"}
          </Button>
        )}
        {state === "ready" && (
          <Button variant="default" loading={suspend.isPending} onClick={() => suspend.mutate(true)}>
            Suspend
          </Button>
        )}
        {state !== "deleting" && (
          <Button variant="default" onClick={() => open("delete")}>
            Delete…
          </Button>
        )}
      </div>
    </>
  );
}

function Figures({ tenant }: { tenant: Tenant }) {
  const usage = tenant.usage;
  if (!usage) return null;
  const size = (bytes: number | null) => (bytes === null ? DASH : formatBytes(bytes));
  return (
    <InspectorSection title="What it takes">
      <dl className={ui.dl}>
        <Pair name="Last data">{usage.last_data === null ? "none yet" : <Ago ms={usage.last_data} />}</Pair>
        <Pair name="Sensors">{formatCount(usage.sensors)}</Pair>
        <Pair name="Samples a second">{usage.samples_per_s === null ? DASH : formatNumber(usage.samples_per_s)}</Pair>
        <Pair name="Samples waiting">{formatCount(usage.waiting)}</Pair>
        <Pair name="On disk">{size(usage.disk_bytes)}</Pair>
        <Pair name="Series">{usage.series === null ? DASH : formatCount(usage.series)}</Pair>
      </dl>
      <p className={ui.sub} style={{ marginTop: 6 }}>
        {usage.disk_bytes === null ? (
          "Disk and rate are measured within a minute."
        ) : (
          <>
            Measured <Ago ms={usage.at} />.
          </>
        )}
        {tenant.state === "ready" && usage.last_data === null && (
          <>
            {" "}
            <Link href={`/operators/tenants/new/${tenant.slug}`}>How to send the first data</Link>
          </>
        )}
      </p>
    </InspectorSection>
  );
}

function Software({ tenant, open }: { tenant: Tenant; open: (sheet: Sheet) => void }) {
  const { rolling } = tenant;
  const went = rolling && ["checking", "soaking", "done", "failed"].includes(rolling.state);
  return (
    <InspectorSection title="Made of">
      <dl className={ui.dl}>
        <Pair name="Release">{releaseName(tenant.release)}</Pair>
        <Pair name="Ring">{tenant.pinned ? `pinned (${tenant.ring})` : tenant.ring}</Pair>
        {tenant.driver !== "local" &&
          Object.entries(tenant.size).map(([name, value]) => (
            <Pair key={name} name={SIZES[name] ?? name}>
              {formatCount(value)}
            </Pair>
          ))}
        {rolling && (
          <Pair name={`Roll-out of ${rolling.release}`}>
            <Link href={`/operators/releases/${rolling.rollout}`}>{rolling.state}</Link>
          </Pair>
        )}
      </dl>
      {rolling?.message && (
        <p className={ui.sub} style={{ marginTop: 6 }}>
          {rolling.message}
        </p>
      )}
      <div className={ui.actions} style={{ marginTop: 10 }}>
        <Button variant="default" onClick={() => open("manifests")}>
          Manifests
        </Button>
        {went && (
          <Button variant="default" onClick={() => open("back")}>
            Roll back…
          </Button>
        )}
      </div>
    </InspectorSection>
  );
}

function BackOfOne({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const rollout = useRollouts().data?.find((each) => each.id === tenant.rolling?.rollout);
  return rollout ? <RollBack rollout={rollout} tenant={tenant.slug} close={close} /> : null;
}

function Facts({ title, rows }: { title: string; rows: [string, string][] }) {
  if (rows.length === 0) return null;
  return (
    <InspectorSection title={title}>
      <dl className={ui.dl}>
        {rows.map(([name, value]) => (
          <Pair key={name} name={name}>
            {value}
          </Pair>
        ))}
      </dl>
    </InspectorSection>
  );
}

const Pair = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

export function People({ slug }: { slug: string }) {
  const mine = useMe().data?.tenants.some((each) => each.slug === slug);
  const invite = useMutation({ mutationFn: () => inviteAdmin(slug) });
  return (
    <InspectorSection title="People">
      {mine ? (
        <Link href={`/t/${slug}/home`}>Open this plant</Link>
      ) : (
        <p className={ui.quiet}>Operators do not see its data.</p>
      )}
      <div className={styles.invite}>
        {invite.isError && <Trouble error={invite.error} />}
        {invite.data?.link ? (
          <CopyField
            label="Invitation for an administrator"
            value={invite.data.link}
            note="Works once, for a week. Shown only now."
          />
        ) : (
          <Button variant="default" loading={invite.isPending} onClick={() => invite.mutate()}>
            Invite an administrator
          </Button>
        )}
      </div>
    </InspectorSection>
  );
}
