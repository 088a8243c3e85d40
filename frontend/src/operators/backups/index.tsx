import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { formatBytes, formatMoment } from "../../format";
import { InspectorSection } from "../../frame";
import { useNow } from "../../moment";
import { ErrorMessage } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import type { Tenant } from "../api";
import styles from "../operators.module.css";
import { INITIAL_LIMIT, cancelBackup, isOpen, takeBackup, useBackups } from "./api";
import type { Backup } from "./api";
import { DeleteBackup } from "./DeleteBackup";
import { Restore } from "./Restore";
import { texts } from "./texts";

type Sheet = { what: "restore" | "delete"; of: Backup } | null;

interface Props {
  slug: string;
  /** None if it has been deleted: its archives stay, and each can be restored into a new tenant. */
  tenant?: Tenant;
}

/** The archives of a tenant: take one, list them, restore one into a new tenant. */
export function Backups({ slug, tenant }: Props) {
  const [all, setAll] = useState(false);
  const [sheet, setSheet] = useState<Sheet>(null);
  const found = useBackups(slug, all);
  const page = found.data;
  const close = () => setSheet(null);
  if (!tenant && !page?.total) return null;
  return (
    <InspectorSection title={page?.total ? texts.backupsCount(page.total) : texts.backups}>
      {found.isError && !page && <ErrorMessage error={found.error} />}
      {page && tenant && <Take tenant={tenant} taking={page.results.some(isOpen)} />}
      {page?.total === 0 && (
        <p className={ui.sub} style={{ marginTop: 6 }}>
          {texts.noBackups}
        </p>
      )}
      <ol className={styles.lines} data-testid="backups">
        {page?.results.map((each) => (
          <li key={each.id} data-state={each.state}>
            <Line backup={each} tenant={tenant}>
              {each.there && (
                <button type="button" className={ui.link} onClick={() => setSheet({ what: "restore", of: each })}>
                  {texts.restoreButton}
                </button>
              )}
              {!isOpen(each) && (
                <button type="button" className={ui.link} onClick={() => setSheet({ what: "delete", of: each })}>
                  {texts.deleteButton}
                </button>
              )}
            </Line>
          </li>
        ))}
      </ol>
      {page && !all && page.total > INITIAL_LIMIT && (
        <button type="button" className={ui.link} onClick={() => setAll(true)}>
          {texts.showAll(page.total)}
        </button>
      )}
      {sheet?.what === "restore" && <Restore backup={sheet.of} original={tenant} close={close} />}
      {sheet?.what === "delete" && <DeleteBackup backup={sheet.of} close={close} />}
    </InspectorSection>
  );
}

function Take({ tenant, taking }: { tenant: Tenant; taking: boolean }) {
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: () => takeBackup(tenant.slug),
    onSettled: () => client.invalidateQueries({ queryKey: ["tenants", "backups", tenant.slug] }),
  });
  const ready = tenant.state === "ready";
  return (
    <>
      {take.isError && <ErrorMessage error={take.error} />}
      <div className={ui.actions}>
        <Button variant="default" disabled={!ready || taking} loading={take.isPending} onClick={() => take.mutate()}>
          {texts.backUpNow}
        </Button>
      </div>
      {!ready && (
        <p className={ui.sub} style={{ marginTop: 6 }}>
          {texts.onlyReady}
        </p>
      )}
    </>
  );
}

/** Time, size and author; what is in progress, or what went wrong and what to do about it. */
function Line({ backup, tenant, children }: { backup: Backup; tenant?: Tenant; children: ReactNode }) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { state, there, created } = backup;
  return (
    <>
      <div className={styles.line}>
        <b title={zone}>{formatMoment(created, zone, false)}</b>
        {state === "done" && there && <span>{formatBytes(backup.bytes)}</span>}
        {state === "failed" && <Bad>{texts.failed}</Bad>}
        {state === "cancelled" && <span className={ui.quiet}>{texts.cancelled}</span>}
        {state === "done" && !there && <Bad>{texts.archiveMissing}</Bad>}
      </div>
      <p className={ui.sub}>
        <Ago ms={created} /> {texts.by} {backup.created_by || texts.commandLine}
        {tenant && backup.tenant !== tenant.id && texts.previousTenant(backup.name)}
      </p>
      {isOpen(backup) && <InProgress backup={backup} />}
      {state === "failed" && (
        <p>
          {backup.error} <span className={ui.quiet}>{texts.fixAndRetry}</span>
        </p>
      )}
      {state === "done" && !there && (
        <p>
          {texts.archiveGone(backup.id)} <span className={ui.quiet}>{texts.putBack}</span>
        </p>
      )}
      {!isOpen(backup) && <div className={styles.lineActions}>{children}</div>}
    </>
  );
}

const Bad = ({ children }: { children: ReactNode }) => (
  <span className={`${ui.status} ${ui.bad}`}>
    <span aria-hidden="true">■</span>
    {children}
  </span>
);

function InProgress({ backup }: { backup: Backup }) {
  const seconds = Math.max(0, Math.floor((useNow() - backup.created) / 1000));
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelBackup(backup),
    onSettled: () => client.invalidateQueries({ queryKey: ["tenants", "backups", backup.slug] }),
  });
  return (
    <>
      {cancel.isError && <ErrorMessage error={cancel.error} />}
      <div className={styles.inProgress} role="status">
        <span className={styles.spinner} aria-hidden="true" />
        <span>{backup.doing || texts.queued}</span>
        <span className={styles.seconds}>{seconds} s</span>
        <button type="button" className={ui.link} disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {texts.cancel}
        </button>
      </div>
    </>
  );
}
