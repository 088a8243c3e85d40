import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { isMissing } from "../../api/problem";
import { useMayWork } from "../../cases";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith, useMoment } from "../../moment";
import { useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { ErrorMessage, Failed, Loading } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import work from "../work.module.css";
import { useCampaign, useDeleteCampaign, useMarkDevices, useOpenCases } from "./api";
import type { Campaign, CampaignDevice, CampaignWithDevices, Progress as State } from "./api";
import styles from "./campaigns.module.css";
import { progressOf, queryWords } from "./draft";
import { Progress } from "./Progress";
import { texts } from "../texts";

interface Props {
  id: string;
  close: () => void;
  edit: (campaign: Campaign) => void;
}

/** One campaign: which devices, and how far each is. */
export function CampaignDetails({ id, close, edit }: Props) {
  const tenant = useTenant();
  const { at } = useMoment();
  const mayWork = useMayWork();
  const { data, error, refetch } = useCampaign(id, at);
  const [deleting, setDeleting] = useState(false);
  if (!data)
    return (
      <Inspector title={texts.aCampaign} onClose={close}>
        {!error ? (
          <Loading />
        ) : isMissing(error) ? (
          <p className={ui.quiet}>{at === null ? texts.campaignGone : texts.campaignGoneThen}</p>
        ) : (
          <Failed error={error} retry={() => void refetch()} />
        )}
      </Inspector>
    );
  const { finished, total, share } = progressOf(data.counts);
  const cases = hrefWith(`/t/${tenant?.slug}/work`, { campaign: data.id, show: "all" });
  return (
    <Inspector title={data.name} subtitle={queryWords(data.query)} onClose={close}>
      <div className={`${ui.actions} ${work.buttons}`}>
        {mayWork && <Button onClick={() => edit(data)}>{texts.edit}</Button>}
        <Button variant="default" component={Link} href={cases}>
          {texts.seeCases}
        </Button>
        {mayWork && (
          <Button variant="default" onClick={() => setDeleting(true)}>
            {texts.deletePlan}
          </Button>
        )}
      </div>
      {data.instruction && (
        <InspectorSection title={texts.instruction}>
          <p className={work.text}>{data.instruction}</p>
        </InspectorSection>
      )}
      <InspectorSection title={texts.campaignDevices}>
        <Progress share={share} text={texts.progressOf(finished, total)} />
        {data.closed && <p className={ui.quiet}>{texts.isClosed}</p>}
        {data.truncated && <p role="status">{texts.truncated}</p>}
        <Devices campaign={data} mayWork={mayWork} />
      </InspectorSection>
      {deleting && <DeleteCampaign campaign={data} close={() => setDeleting(false)} deleted={close} />}
    </Inspector>
  );
}

const STATES: readonly State[] = ["pending", "done", "skipped", "left"];
/** More are reached by the cases and the API. */
const MAX_SHOWN = 300;

function Devices({ campaign, mayWork }: { campaign: CampaignWithDevices; mayWork: boolean }) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const mark = useMarkDevices(campaign.id);
  const open = useOpenCases(campaign.id);
  const { devices } = campaign;
  if (devices.length === 0) return <p className={ui.quiet}>{texts.noDevices}</p>;
  const chosen = devices.filter(({ device }) => ticked.has(device));
  const ids = chosen.map(({ device }) => device);
  const pending = chosen.filter(({ progress }) => progress === "pending");
  const changed = chosen.filter(({ progress }) => progress === "done" || progress === "skipped");
  const none = () => setTicked(new Set());
  const set = (progress: Exclude<State, "left">) => mark.mutate({ devices: ids, progress }, { onSuccess: none });
  const flip = (id: string) =>
    setTicked((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const busy = mark.isPending || open.isPending;
  return (
    <>
      {mayWork && chosen.length > 0 && (
        <div className={`${ui.actions} ${styles.doing}`}>
          <span>{texts.selected(chosen.length)}</span>
          <Button disabled={busy || pending.length === 0} onClick={() => set("done")}>
            {texts.markDone}
          </Button>
          <Button variant="default" disabled={busy || pending.length === 0} onClick={() => set("skipped")}>
            {texts.skip}
          </Button>
          <Button variant="default" disabled={busy || changed.length === 0} onClick={() => set("pending")}>
            {texts.takeBack}
          </Button>
          <Button
            variant="default"
            disabled={busy || pending.length === 0}
            onClick={() =>
              open.mutate(
                pending.map(({ device }) => device),
                { onSuccess: none },
              )
            }
          >
            {texts.openCases}
          </Button>
        </div>
      )}
      <ErrorMessage error={mark.error ?? open.error} />
      {open.data !== undefined && <p role="status">{texts.casesOpened(open.data)}</p>}
      {STATES.map((state) => (
        <Group
          key={state}
          state={state}
          devices={devices.filter(({ progress }) => progress === state)}
          ticked={ticked}
          flip={mayWork && state !== "left" ? flip : undefined}
        />
      ))}
    </>
  );
}

interface GroupProps {
  state: State;
  devices: readonly CampaignDevice[];
  ticked: ReadonlySet<string>;
  /** Undefined: they cannot be selected. */
  flip: ((id: string) => void) | undefined;
}

function Group({ state, devices, ticked, flip }: GroupProps) {
  const tenant = useTenant();
  if (devices.length === 0) return null;
  return (
    <section className={styles.group}>
      <h4>{`${texts.progresses[state]} ${devices.length}`}</h4>
      {state === "left" && <p className={ui.sub}>{texts.leftHint}</p>}
      <ul>
        {devices.slice(0, MAX_SHOWN).map((each) => (
          <li key={each.device}>
            {flip && (
              <input
                type="checkbox"
                aria-label={texts.select(each.name)}
                checked={ticked.has(each.device)}
                onChange={() => flip(each.device)}
              />
            )}
            <span>
              {each.name}
              <span className={ui.sub}> {[each.firmware, each.by, each.note].filter(Boolean).join(" · ")}</span>
            </span>
            {each.case && (
              <Link href={hrefWith(`/t/${tenant?.slug}/work`, { case: each.case, show: "all" })}>{texts.case}</Link>
            )}
          </li>
        ))}
      </ul>
      {devices.length > MAX_SHOWN && <p className={ui.sub}>{texts.moreDevices(devices.length - MAX_SHOWN)}</p>}
    </section>
  );
}

interface DeleteProps {
  campaign: Campaign;
  close: () => void;
  deleted: () => void;
}

function DeleteCampaign({ campaign, close, deleted }: DeleteProps) {
  const remove = useDeleteCampaign();
  return (
    <Modal opened onClose={close} title={texts.deleteCampaignTitle(campaign.name)} size={420}>
      <SubmitForm onSubmit={() => remove.mutate(campaign, { onSuccess: deleted })} error={remove.error}>
        <p>{texts.deleteCampaignHint}</p>
        <Actions does={texts.deleteCampaignDo} close={close} danger loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
