import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { formatBytes, formatMoment } from "../../format";
import { Actions } from "../../ui/Actions";
import { Failed, ErrorMessage, Loading } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { retryTenant, useCreate, useTenant } from "../api";
import type { NewTenant, Tenant } from "../api";
import { onCluster } from "../drivers";
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

/** Restores an archive into a new tenant: asks for its name, then shows the steps. The original is not changed. */
export function Restore({ backup, original, close }: Props) {
  const [newSlug, setNewSlug] = useState<string>();
  return (
    <Modal opened onClose={close} title={texts.restoreIntoNewTenant(backup.name)} size={480}>
      {newSlug ? (
        <RestoreProgress slug={newSlug} close={close} />
      ) : (
        <RestoreForm {...{ backup, original, close }} created={setNewSlug} />
      )}
    </Modal>
  );
}

/** The placement, size and release of the original. */
function alike(original?: Tenant): Partial<NewTenant> {
  if (!original) return {};
  const { driver, cluster, release, size } = original;
  return { driver, cluster, release, ...(onCluster(driver) && { size }) };
}

function RestoreForm({ backup, original, close, created }: Props & { created: (slug: string) => void }) {
  const [name, setName] = useState(texts.restoredName(backup.name).slice(0, 120));
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
      <p>{texts.restoreIntro(formatMoment(backup.created, zone, false), formatBytes(backup.bytes), original?.name)}</p>
      <TextInput
        label={texts.nameNewTenant}
        data-autofocus
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={texts.slug}
        description={texts.slugHint}
        spellCheck={false}
        value={slug}
        onChange={(event) => setOwn(event.currentTarget.value)}
      />
      <Checkbox
        label={texts.acceptUnsigned}
        description={texts.acceptUnsignedHint}
        checked={unauthenticated}
        onChange={(event) => setUnauthenticated(event.currentTarget.checked)}
      />
      <p className={ui.sub}>{texts.notIncluded}</p>
      <Actions does={texts.restore} close={close} disabled={!slug} loading={create.isPending} />
    </SubmitForm>
  );
}

function RestoreProgress({ slug, close }: { slug: string; close: () => void }) {
  const client = useQueryClient();
  const found = useTenant(slug);
  const retry = useMutation({
    mutationFn: () => retryTenant(slug),
    onSettled: () => client.invalidateQueries({ queryKey: ["tenants"] }),
  });
  const tenant = found.data;
  if (!tenant) return found.isError ? <Failed error={found.error} /> : <Loading />;
  const ready = tenant.state === "ready";
  return (
    <div data-testid="restoring">
      <div className={styles.line}>
        <b>{tenant.name}</b>
        <State state={tenant.state} />
      </div>
      <Stopped tenant={tenant} />
      {retry.isError && <ErrorMessage error={retry.error} />}
      <div style={{ margin: "12px 0" }}>
        <Steps steps={tenant.steps} shownError={tenant.error} />
      </div>
      {!ready && tenant.state !== "failed" && <p className={ui.sub}>{texts.restoreContinues}</p>}
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
