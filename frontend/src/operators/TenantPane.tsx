import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { formatCount } from "../format";
import { Inspector, InspectorSection } from "../frame";
import { useMe } from "../tenant";
import { CopyField } from "../ui/CopyField";
import { Trouble } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { deleteTenant, inviteAdmin, retryTenant, suspendTenant } from "./api";
import type { Tenant } from "./api";
import { State, Steps } from "./State";
import styles from "./operators.module.css";

const LIMITS: Record<string, string> = {
  sensors: "Sensors",
  samples_per_s: "Samples a second",
  stream_length: "Samples waiting",
};

interface Props {
  slug: string;
  tenant: Tenant | undefined;
  close: () => void;
}

export function TenantPane({ slug, tenant, close }: Props) {
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ["tenants"] });
  const me = useMe().data;
  const [deleting, setDeleting] = useState(false);
  const suspend = useMutation({
    mutationFn: (suspended: boolean) => suspendTenant(slug, suspended),
    onSettled: again,
  });
  const retry = useMutation({ mutationFn: () => retryTenant(slug), onSettled: again });
  useEffect(() => {
    const escape = (event: KeyboardEvent) => event.key === "Escape" && !deleting && close();
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  }, [close, deleting]);
  if (!tenant) {
    return (
      <Inspector title={slug} subtitle="This tenant is gone" onClose={close}>
        <p className={ui.quiet} style={{ marginTop: 12 }}>
          It was deleted, or never existed. Its slug may be used again and will start empty.
        </p>
      </Inspector>
    );
  }
  const mine = me?.tenants.some((each) => each.slug === slug);
  const failed = tenant.steps.find((step) => step.state === "failed");
  return (
    <Inspector
      title={tenant.name}
      subtitle={
        <>
          {tenant.slug} · {tenant.driver} · created <Ago ms={tenant.created} />
        </>
      }
      onClose={close}
    >
      <div style={{ marginTop: 12 }}>
        <State state={tenant.state} />
      </div>
      {tenant.error && (
        <div className={styles.error} role="alert">
          <b>{failed ? `Stopped at “${failed.title}”` : "Stopped"}</b>
          <p>{tenant.error}</p>
          <p>Nothing is lost; the steps before are kept.</p>
        </div>
      )}
      {tenant.steps.length > 0 && (
        <InspectorSection title="Steps">
          <Steps steps={tenant.steps} />
        </InspectorSection>
      )}
      {(suspend.isError || retry.isError) && <Trouble error={suspend.error ?? retry.error} />}
      <div className={ui.actions} style={{ marginTop: 16 }}>
        {tenant.state === "failed" && (
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            Retry
          </Button>
        )}
        {tenant.state === "ready" && (
          <Button variant="default" loading={suspend.isPending} onClick={() => suspend.mutate(true)}>
            Suspend
          </Button>
        )}
        {tenant.state === "suspended" && (
          <Button loading={suspend.isPending} onClick={() => suspend.mutate(false)}>
            Resume
          </Button>
        )}
        {tenant.state !== "deleting" && (
          <Button variant="default" onClick={() => setDeleting(true)}>
            Delete…
          </Button>
        )}
      </div>
      {tenant.state === "ready" && (
        <InspectorSection title="People">
          {mine ? (
            <Link href={`/t/${slug}/home`}>Open this plant</Link>
          ) : (
            <p className={ui.quiet}>Operators do not see its data.</p>
          )}
          <Invite slug={slug} />
        </InspectorSection>
      )}
      <InspectorSection title="Limits">
        <dl className={ui.dl}>
          {Object.entries(tenant.limits).map(([name, value]) => (
            <Pair key={name} name={LIMITS[name] ?? name} value={formatCount(value)} />
          ))}
        </dl>
      </InspectorSection>
      {Object.keys(tenant.endpoints).length > 0 && (
        <InspectorSection title="Endpoints">
          <dl className={ui.dl}>
            {Object.entries(tenant.endpoints).map(([name, value]) => (
              <Pair key={name} name={name} value={value} />
            ))}
          </dl>
        </InspectorSection>
      )}
      {deleting && <Delete tenant={tenant} close={() => setDeleting(false)} />}
    </Inspector>
  );
}

const Pair = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);

function Invite({ slug }: { slug: string }) {
  const invite = useMutation({ mutationFn: () => inviteAdmin(slug) });
  return (
    <div className={styles.invite}>
      {invite.isError && <Trouble error={invite.error} />}
      {invite.data?.link ? (
        <CopyField
          label="Invitation for an administrator"
          value={invite.data.link}
          note="Works once, for a week. Shown only now."
        />
      ) : (
        <Button
          variant="default"
          loading={invite.isPending}
          onClick={() => invite.mutate()}
          style={{ alignSelf: "start", marginTop: 8 }}
        >
          Invite an administrator
        </Button>
      )}
    </div>
  );
}

function Delete({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const [typed, setTyped] = useState("");
  const [keep, setKeep] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteTenant(tenant.slug, typed, keep),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === tenant.slug) remove.mutate();
  };
  return (
    <Modal opened onClose={close} title={`Delete ${tenant.name}`} size={440}>
      <form className={ui.form} onSubmit={submit}>
        {remove.isError && <Trouble error={remove.error} />}
        <p>
          {keep
            ? "The server is removed and all tokens die. The disk with its samples and documents is kept; a new tenant may adopt it."
            : "All its samples, sensors, drawings and tokens are removed for good. There is no way back."}
        </p>
        <Checkbox
          size="xs"
          label="Keep the disk and the documents"
          checked={keep}
          onChange={(event) => setKeep(event.currentTarget.checked)}
        />
        <TextInput
          label={`Type ${tenant.slug} to confirm`}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className={ui.actions}>
          <Button color="danger" data-danger type="submit" disabled={typed !== tenant.slug} loading={remove.isPending}>
            Delete
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
