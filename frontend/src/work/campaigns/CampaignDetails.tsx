import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useMayWork } from "../../cases";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith, useMoment } from "../../moment";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { Buttons } from "../Buttons";
import type { DetailsProps } from "../ListPage";
import { PendingDetails } from "../PendingDetails";
import work from "../work.module.css";
import { campaigns, useMarkDevices, useOpenCases } from "./api";
import type { Campaign, CampaignDevice, CampaignWithDevices, Progress as State } from "./api";
import styles from "./campaigns.module.css";
import { progressOf, queryWords } from "./draft";
import { Progress } from "./Progress";
import { texts } from "../texts";

/** One campaign: which devices, and how far each is. */
export function CampaignDetails({ id, close, edit }: DetailsProps<Campaign>) {
  const tenant = useTenant();
  const { at } = useMoment();
  const mayWork = useMayWork();
  const { data, error, refetch } = campaigns.useOne(id, at);
  const remove = campaigns.useDelete();
  if (!data) {
    const gone = at === null ? texts.campaignGone : texts.campaignGoneThen;
    return <PendingDetails title={texts.aCampaign} close={close} error={error} retry={refetch} gone={gone} />;
  }
  const { finished, total, share } = progressOf(data.counts);
  const cases = hrefWith(`/t/${tenant?.slug}/work`, { campaign: data.id, show: "all" });
  return (
    <Inspector title={data.name} subtitle={queryWords(data.query)} onClose={close}>
      <Buttons
        cases={cases}
        edit={() => edit(data)}
        deletion={{
          title: texts.deleteCampaignTitle(data.name),
          hint: texts.deleteCampaignHint,
          does: texts.deleteCampaignDo,
          submit: () => remove.mutate(data, { onSuccess: close }),
          error: remove.error,
          busy: remove.isPending,
        }}
      />
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
