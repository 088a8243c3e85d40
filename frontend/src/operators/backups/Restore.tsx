import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { formatBytes, formatMoment } from "../../format";
import { Actions } from "../../ui/Actions";
import { Failed, Trouble, Waiting } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { retryTenant, useCreate, useTenant } from "../api";
import type { NewTenant, Tenant } from "../api";
import { slugOf } from "../slug";
import { State, Steps } from "../State";
import { Stopped } from "../Stopped";
import styles from "../operators.module.css";
import type { Backup } from "./api";
import { texts } from "./texts";

interface Props {
  backup: Backup;
  original?: Tenant;
  close: () => void;
}

/** A new tenant of an archive: its name, then its steps as they are done. What it was taken from is not touched. */
export function Restore({ backup, original, close }: Props) {
  const [made, setMade] = useState<string>();
  return (
    <Modal opened onClose={close} title={texts.restoreIntoNewTenant(backup.name)} size={480}>
      {made ? <Filling slug={made} close={close} /> : <Ask {...{ backup, original, close }} created={setMade} />}
    </Modal>
  );
}

/** Where the original runs, as large, and of the same release. */
function alike(original?: Tenant): Partial<NewTenant> {
  if (!original) return {};
  const { driver, cluster, release, size } = original;
  return { driver, cluster, release, ...(driver !== "local" && { size }) };
}

function Ask({ backup, original, close, created }: Props & { created: (slug: string) => void }) {
  const [name, setName] = useState(`${backup.name} restored`.slice(0, 120));
  const [own, setOwn] = useState<string>();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const slug = own ?? slugOf(name);
  const [unauthenticated, setUnauthenticated] = useState(false);
  const create = useCreate(created);
  const submit = () => {
    create.mutate({
      ...alike(original),
      slug,
      name: name.trim() || slug,
      restore: backup.id,
      restore_unauthenticated: unauthenticated,
    });
  };
  return (
    <SubmitForm onSubmit={submit} error={create.error}>
      <p>
        {texts.backup} {formatMoment(backup.created, zone, false)} ({formatBytes(backup.bytes)}
        {texts.restoredIntoNewTenant} {original ? texts.notChanged(original.name) : ""}
      </p>
      <TextInput
        label={texts.nameNewTenant}
        data-autofocus
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={texts.slug}
        description={texts.usedUrlsCannotChanged}
        spellCheck={false}
        value={slug}
        onChange={(event) => setOwn(event.currentTarget.value)}
      />
      <Checkbox
        label={texts.acceptArchiveNotSigned}
        description={texts.onlyArchivesFromTrusted}
        checked={unauthenticated}
        onChange={(event) => setUnauthenticated(event.currentTarget.checked)}
      />
      <p className={ui.sub}>{texts.membersTokensPasswordsNot}</p>
      <Actions does={texts.restore} close={close} disabled={!slug} loading={create.isPending} />
    </SubmitForm>
  );
}

function Filling({ slug, close }: { slug: string; close: () => void }) {
  const client = useQueryClient();
  const found = useTenant(slug);
  const retry = useMutation({
    mutationFn: () => retryTenant(slug),
    onSettled: () => client.invalidateQueries({ queryKey: ["tenants"] }),
  });
  const tenant = found.data;
  if (!tenant) return found.isError ? <Failed error={found.error} /> : <Waiting />;
  const ready = tenant.state === "ready";
  return (
    <div data-testid="restoring">
      <div className={styles.line}>
        <b>{tenant.name}</b>
        <State state={tenant.state} />
      </div>
      <Stopped tenant={tenant} />
      {retry.isError && <Trouble error={retry.error} />}
      <div style={{ margin: "12px 0" }}>
        <Steps steps={tenant.steps} said={tenant.error} />
      </div>
      {!ready && tenant.state !== "failed" && <p className={ui.sub}>{texts.restoreContinuesIfYou}</p>}
      <div className={ui.actions} style={{ marginTop: 12 }}>
        {tenant.state === "failed" && (
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            {texts.retry}
          </Button>
        )}
        <Button variant={ready ? "filled" : "default"} component={Link} href={`/operators/tenants/${slug}`}>
          {texts.open(tenant.name)}
        </Button>
        <Button variant="default" onClick={close}>
          {texts.close}
        </Button>
      </div>
    </div>
  );
}
