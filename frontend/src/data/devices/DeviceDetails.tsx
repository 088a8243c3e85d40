import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { durationName } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { CopyField } from "../../ui/CopyField";
import { SubmitForm } from "../../ui/SubmitForm";
import { ErrorMessage } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { Commands } from "./Commands";
import { StateMark } from "./StateMark";
import { makeDeviceToken, readAsset, removeDevice } from "./api";
import type { Device } from "./api";
import { texts } from "./texts";

interface Props {
  device: Device;
  close: () => void;
  removed: () => void;
}

/** What is known of a device, its commands, and its token. */
export function DeviceDetails({ device, close, removed }: Props) {
  const tenant = useTenant()!;
  const asset = useQuery({
    queryKey: [tenant.slug, "asset", device.asset],
    queryFn: ({ signal }) => readAsset(device.asset!, signal),
    enabled: device.asset !== null,
    staleTime: 60_000,
  }).data;
  const facts: [string, ReactNode][] = [
    [texts.state, <StateMark key="state" state={device.state} />],
    [texts.lastHeard, device.last_heard === null ? texts.never : <Ago ms={device.last_heard} />],
    [texts.interval, texts.every(durationName(device.interval_s * 1_000))],
    [texts.firmware, device.firmware],
    [texts.configuration, device.configuration],
    [texts.reported, device.reported !== null && <Ago ms={device.reported} />],
    [texts.asset, asset ? `${asset.tag} ${asset.name}` : device.asset],
    [texts.note, device.note],
    [texts.registered, texts.by[device.registered]],
    [texts.id, device.id],
  ];
  return (
    <Inspector title={device.name} onClose={close}>
      <dl className={ui.dl}>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <InspectorSection title={texts.commands}>
        <Commands device={device.id} />
      </InspectorSection>
      {tenant.role !== "viewer" && (
        <>
          <InspectorSection title={texts.token}>
            <DeviceToken device={device} tenant={tenant.slug} />
          </InspectorSection>
          <InspectorSection title={texts.remove}>
            <Remove device={device} removed={removed} />
          </InspectorSection>
        </>
      )}
    </Inspector>
  );
}

function DeviceToken({ device, tenant }: { device: Device; tenant: string }) {
  const make = useMutation({ mutationFn: () => makeDeviceToken(device, tenant) });
  if (make.data) return <CopyField label={device.name} value={make.data.token} note={texts.tokenNote} />;
  return (
    <>
      <p className={ui.quiet}>{texts.tokenWhy}</p>
      <ErrorMessage error={make.error} />
      <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
        {texts.makeToken}
      </Button>
    </>
  );
}

function Remove({ device, removed }: { device: Device; removed: () => void }) {
  const [asking, setAsking] = useState(false);
  const remove = useMutation({ mutationFn: () => removeDevice(device.id), onSuccess: removed });
  const close = () => setAsking(false);
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {texts.remove}
      </Button>
      {asking && (
        <Modal opened onClose={close} title={texts.removeSure(device.name)} size={440}>
          <SubmitForm onSubmit={() => remove.mutate()} error={remove.error}>
            <p>{texts.removeWhy}</p>
            <Actions does={texts.removeButton} close={close} danger loading={remove.isPending} />
          </SubmitForm>
        </Modal>
      )}
    </>
  );
}
