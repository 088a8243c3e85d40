import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { Card } from "../../ui/Card";
import { Failed, ErrorMessage, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { isGone, retryTenant, useTenant } from "../api";
import type { Tenant } from "../api";
import { ManifestsOf } from "../Manifests";
import { State, Steps } from "../State";
import { TenantChange } from "../TenantChange";
import { TenantDelete } from "../TenantDelete";
import { Stopped } from "../Stopped";
import { People } from "../TenantPane";
import styles from "../operators.module.css";
import { FirstData } from "./FirstData";
import { texts } from "./texts";

/** A tenant being created: its steps, what failed, and then its first data. */
export function Progress({ slug }: { slug: string }) {
  const found = useTenant(slug);
  if (found.isPending) return <Loading />;
  if (!found.data || isGone(found.error)) return <Failed error={found.error} />;
  const tenant = found.data;
  return (
    <div className={styles.columns}>
      <Card title={tenant.name} aside={<State state={tenant.state} />}>
        <p className={ui.quiet}>
          {tenant.slug} · {tenant.driver}
          {tenant.cluster && texts.onCluster(tenant.cluster)} ·{" "}
          {tenant.release ? texts.release(tenant.release) : texts.noRelease} ·{" "}
          <Link href={`/operators/tenants/${slug}`}>{texts.tenantDetails}</Link>
        </p>
        <Stopped tenant={tenant} />
        <div style={{ marginTop: 12 }}>
          <Steps steps={tenant.steps} shownError={tenant.error} />
        </div>
        <FailedActions tenant={tenant} />
        {tenant.state === "ready" && <People slug={slug} />}
      </Card>
      {tenant.state === "ready" ? (
        <FirstData tenant={tenant} />
      ) : (
        <Card title={texts.manifests}>
          <ManifestsOf tenant={tenant} />
        </Card>
      )}
    </div>
  );
}

function FailedActions({ tenant }: { tenant: Tenant }) {
  const client = useQueryClient();
  const [sheet, setSheet] = useState<"change" | "delete" | null>(null);
  const retry = useMutation({
    mutationFn: () => retryTenant(tenant.slug),
    onSettled: () => client.invalidateQueries({ queryKey: ["tenants"] }),
  });
  return (
    <>
      {retry.isError && <ErrorMessage error={retry.error} />}
      {tenant.state === "failed" && (
        <div className={ui.actions} style={{ marginTop: 12 }}>
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            {texts.retry}
          </Button>
          <Button variant="default" onClick={() => setSheet("change")}>
            {texts.changeRetryButton}
          </Button>
          <Button variant="default" onClick={() => setSheet("delete")}>
            {texts.deleteButton}
          </Button>
        </div>
      )}
      {sheet === "change" && <TenantChange tenant={tenant} close={() => setSheet(null)} />}
      {sheet === "delete" && <TenantDelete tenant={tenant} close={() => setSheet(null)} />}
    </>
  );
}
