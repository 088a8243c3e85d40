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
import { Failed, ErrorMessage, Loading } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { Backups } from "./backups";
import { changeTenant, inviteAdmin, isGone, readDisks, retryTenant, useRollouts, useTenant } from "./api";
import type { Tenant } from "./api";
import { onCluster } from "./drivers";
import { LIMITS, limitText, releaseName, SIZES } from "./fields";
import { ManifestsSheet } from "./Manifests";
import { RollBack } from "./RollBack";
import { State, Steps } from "./State";
import { Stopped } from "./Stopped";
import { TenantChange } from "./TenantChange";
import { TenantDelete } from "./TenantDelete";
import styles from "./operators.module.css";
import { texts } from "./texts";

type Sheet = "change" | "delete" | "manifests" | "back" | null;

/** The selected tenant: problems and remedies, its steps, settings, usage and actions. */
export function TenantPane({ slug, close }: { slug: string; close: () => void }) {
  const found = useTenant(slug);
  const [sheet, setSheet] = useState<Sheet>(null);
  useShortcuts("pane", { close }, sheet === null);
  if (isGone(found.error)) {
    return (
      <Inspector title={slug} subtitle={texts.tenantNotFound} onClose={close}>
        <p className={ui.quiet} style={{ marginTop: 12 }}>
          {texts.tenantNotFoundDetail}
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
        {found.isError ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Loading />}
      </Inspector>
    );
  }
  return (
    <Inspector
      title={tenant.name}
      subtitle={
        <>
          {tenant.slug} · {tenant.driver}
          {tenant.cluster && texts.onCluster(tenant.cluster)} {texts.created} <Ago ms={tenant.created} />
        </>
      }
      onClose={close}
    >
      <div style={{ marginTop: 12 }}>
        <State state={tenant.state} />
      </div>
      <Stopped tenant={tenant} />
      {tenant.steps.length > 0 && tenant.steps.some((step) => step.state !== "done") && (
        <InspectorSection title={texts.steps}>
          <Steps steps={tenant.steps} shownError={tenant.error} />
        </InspectorSection>
      )}
      <Actions tenant={tenant} open={setSheet} />
      <Figures tenant={tenant} />
      <Software tenant={tenant} open={setSheet} />
      <Backups slug={slug} tenant={tenant} />
      {tenant.state === "ready" && <People slug={slug} />}
      <Facts
        title={texts.limits}
        rows={Object.entries(tenant.limits).map(([name, n]) => [LIMITS[name] ?? name, limitText(name, n)])}
      />
      {tenant.steps.length > 0 && tenant.steps.every((step) => step.state === "done") && (
        <InspectorSection title={texts.lastSteps}>
          <Steps steps={tenant.steps} />
        </InspectorSection>
      )}
      <Facts
        title={texts.endpoints}
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
      {texts.diskKeptSince} <Ago ms={kept.kept} />: a <Link href="/operators/tenants/new">{texts.newTenant}</Link>{" "}
      {texts.canAdoptIt}
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
      {(suspend.isError || retry.isError) && <ErrorMessage error={suspend.error ?? retry.error} />}
      <div className={ui.actions} style={{ marginTop: 16 }}>
        {state === "failed" && (
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            {texts.retry}
          </Button>
        )}
        {state === "suspended" && (
          <Button loading={suspend.isPending} onClick={() => suspend.mutate(false)}>
            {texts.resume}
          </Button>
        )}
        {state !== "deleting" && (
          <Button variant="default" onClick={() => open("change")}>
            {state === "failed" ? texts.changeRetryButton : texts.changeButton}
          </Button>
        )}
        {state === "ready" && (
          <Button variant="default" loading={suspend.isPending} onClick={() => suspend.mutate(true)}>
            {texts.suspend}
          </Button>
        )}
        {state !== "deleting" && (
          <Button variant="default" onClick={() => open("delete")}>
            {texts.deleteButton}
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
    <InspectorSection title={texts.usage}>
      <dl className={ui.dl}>
        <Pair name={texts.lastData}>{usage.last_data === null ? texts.noneYet : <Ago ms={usage.last_data} />}</Pair>
        <Pair name={texts.sensors}>{formatCount(usage.sensors)}</Pair>
        <Pair name={texts.samplesPerSecond}>
          {usage.samples_per_s === null ? DASH : formatNumber(usage.samples_per_s)}
        </Pair>
        <Pair name={texts.queuedSamples}>{formatCount(usage.waiting)}</Pair>
        <Pair name={texts.diskUsed}>{size(usage.disk_bytes)}</Pair>
        <Pair name={texts.series}>{usage.series === null ? DASH : formatCount(usage.series)}</Pair>
      </dl>
      <p className={ui.sub} style={{ marginTop: 6 }}>
        {usage.disk_bytes === null ? (
          texts.measuredSoon
        ) : (
          <>
            {texts.measured} <Ago ms={usage.at} />.
          </>
        )}
        {tenant.state === "ready" && usage.last_data === null && (
          <>
            {" "}
            <Link href={`/operators/tenants/new/${tenant.slug}`}>{texts.connectDataSource}</Link>
          </>
        )}
      </p>
    </InspectorSection>
  );
}

function Software({ tenant, open }: { tenant: Tenant; open: (sheet: Sheet) => void }) {
  const { rolling } = tenant;
  const rolledOut = rolling && ["checking", "soaking", "done", "failed"].includes(rolling.state);
  return (
    <InspectorSection title={texts.software}>
      <dl className={ui.dl}>
        <Pair name={texts.release}>{releaseName(tenant.release)}</Pair>
        <Pair name={texts.ring}>{tenant.pinned ? texts.pinnedIn(tenant.ring) : tenant.ring}</Pair>
        {onCluster(tenant.driver) &&
          Object.entries(tenant.size).map(([name, value]) => (
            <Pair key={name} name={SIZES[name] ?? name}>
              {formatCount(value)}
            </Pair>
          ))}
        {rolling && (
          <Pair name={texts.rollOutOf(rolling.release)}>
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
          {texts.manifests}
        </Button>
        {rolledOut && (
          <Button variant="default" onClick={() => open("back")}>
            {texts.rollBackButton}
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
    <InspectorSection title={texts.people}>
      {mine ? <Link href={`/t/${slug}/home`}>{texts.openPlant}</Link> : <p className={ui.quiet}>{texts.noAccess}</p>}
      <div className={styles.invite}>
        {invite.isError && <ErrorMessage error={invite.error} />}
        {invite.data?.link ? (
          <CopyField label={texts.administratorInvitation} value={invite.data.link} note={texts.validOneWeek} />
        ) : (
          <Button variant="default" loading={invite.isPending} onClick={() => invite.mutate()}>
            {texts.inviteAdministrator}
          </Button>
        )}
      </div>
    </InspectorSection>
  );
}
