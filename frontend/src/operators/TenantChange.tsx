import { Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../ui/Actions";
import { Segments } from "../ui/Segments";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { changeTenant, retryTenant } from "./api";
import type { Tenant, TenantChanges } from "./api";
import { onCluster } from "./drivers";
import { changed, LIMITS, NumberFields, ReleaseSelect, RINGS, SIZES } from "./fields";
import type { Ring } from "./fields";
import styles from "./operators.module.css";
import { texts } from "./texts";

/** The settings of a tenant that may be changed; only changes are sent. A failed tenant is retried with them. */
export function TenantChange({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(tenant.name);
  const [ring, setRing] = useState(tenant.ring as Ring);
  const [pinned, setPinned] = useState(tenant.pinned);
  const [release, setRelease] = useState(tenant.release);
  const [size, setSize] = useState(tenant.size);
  const [limits, setLimits] = useState(tenant.limits);
  const failed = tenant.state === "failed";
  const sizes = changed(tenant.size, size);
  const newLimits = changed(tenant.limits, limits);
  const remade = release !== tenant.release || Object.keys(sizes).length > 0;
  const changes: TenantChanges = {
    ...(name !== tenant.name && { name }),
    ...(ring !== tenant.ring && { ring }),
    ...(pinned !== tenant.pinned && { pinned }),
    ...(release !== tenant.release && { release }),
    ...(Object.keys(sizes).length > 0 && { size: sizes }),
    ...(Object.keys(newLimits).length > 0 && { limits: newLimits }),
  };
  const nothing = Object.keys(changes).length === 0;
  const save = useMutation({
    mutationFn: async () => {
      const after = nothing ? tenant : await changeTenant(tenant.slug, changes);
      // The change itself resumes a failed upgrade; a failed onboarding needs a retry.
      return after.state === "failed" ? retryTenant(tenant.slug) : after;
    },
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["tenants"] }),
  });
  const submit = () => save.mutate();
  return (
    <Modal opened onClose={close} title={texts.changeTenant(tenant.name)} size={520}>
      <SubmitForm onSubmit={submit} error={save.error}>
        <TextInput
          label={texts.name}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ReleaseSelect value={release} onChange={setRelease} />
        <div className={styles.row}>
          <RingChoice value={ring} onChange={setRing} />
          <Checkbox
            label={texts.pinnedLabel}
            checked={pinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
        </div>
        {onCluster(tenant.driver) && (
          <NumberFields
            title={texts.size}
            names={SIZES}
            values={size}
            onChange={setSize}
            note={texts.diskCannotShrink}
          />
        )}
        <NumberFields title={texts.limits} names={LIMITS} values={limits} onChange={setLimits} />
        {remade && <p className={ui.quiet}>{texts.recreateHint}</p>}
        <Actions
          does={failed ? texts.changeRetry : texts.change}
          close={close}
          disabled={nothing && !failed}
          loading={save.isPending}
        />
      </SubmitForm>
    </Modal>
  );
}

export function RingChoice({ value, onChange }: { value: Ring; onChange: (ring: Ring) => void }) {
  return (
    <div>
      <div className={styles.label}>{texts.ring}</div>
      <Segments
        label={texts.ring}
        value={value}
        onChange={onChange}
        choices={RINGS.map((each) => ({ value: each, label: each }))}
      />
    </div>
  );
}
