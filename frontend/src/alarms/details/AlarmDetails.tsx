import { Button, Menu } from "@mantine/core";
import { Link } from "wouter";
import {
  PriorityMark,
  formatFor,
  formatWhen,
  maintenanceCases,
  stateWords,
  targetName,
  useAllAlarms,
} from "../../alarmData";
import type { Alarm } from "../../alarmData";
import { CasesOf, caseTexts } from "../../cases";
import { formatTime } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith, useMoment, useNow, useZone } from "../../moment";
import { useSite, useTenant } from "../../tenant";
import { Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import * as may from "../list/actions";
import type { Actions } from "../list/useActions";
import { AlarmJournal } from "./AlarmJournal";
import { Cause } from "./Cause";
import styles from "./details.module.css";
import { Instruction } from "./Instruction";
import { MiniTrends } from "./MiniTrends";
import { texts } from "../texts";

interface Props {
  alarmKey: string;
  /** As the list has it; undefined if it is not in there. */
  listed: Alarm | undefined;
  alarms: readonly Alarm[];
  loading: boolean;
  actions: Actions;
  show: (key: string | null) => void;
}

/** One alarm: what can be done, its values, its probable cause, what it has done before. */
export function AlarmDetails({ alarmKey, listed, alarms, loading, actions, show }: Props) {
  const { at } = useMoment();
  const site = useSite()?.id;
  const others = useAllAlarms(site, at, !listed && !loading);
  const alarm = listed ?? others.data?.alarms.find((each) => each.key === alarmKey);
  const close = () => show(null);
  if (!alarm && (loading || others.isPending))
    return (
      <Inspector title={texts.alarm} onClose={close}>
        <Loading />
      </Inspector>
    );
  if (!alarm)
    return (
      <Inspector title={texts.alarm} onClose={close}>
        <p className={ui.quiet}>{at === null ? texts.goneNow : texts.goneThen}</p>
        <AlarmJournal alarmKey={alarmKey} />
      </Inspector>
    );
  return (
    <Inspector title={<Title alarm={alarm} />} subtitle={<Subtitle alarm={alarm} />} onClose={close}>
      <Status alarm={alarm} />
      <Buttons alarm={alarm} actions={actions} />
      <Instruction rule={alarm.rule} />
      <MiniTrends alarm={alarm} />
      <Cause alarm={alarm} alarms={listed ? alarms : (others.data?.alarms ?? [])} show={show} />
      <Places alarm={alarm} />
      <Work alarm={alarm} />
      <AlarmJournal alarmKey={alarm.key} />
    </Inspector>
  );
}

function Title({ alarm }: { alarm: Alarm }) {
  return (
    <span className={styles.title}>
      <PriorityMark priority={alarm.priority} />
      <span>
        {targetName(alarm)} {alarm.name}
      </span>
    </span>
  );
}

function Subtitle({ alarm }: { alarm: Alarm }) {
  const zone = useZone().name;
  const { at } = useMoment();
  const clock = useNow();
  const now = at ?? clock;
  const place = alarm.asset?.name || alarm.asset?.tag || alarm.target.name;
  if (alarm.raised === null) return <>{place}</>;
  const since = now - alarm.raised < 86_400_000 ? formatTime(alarm.raised, zone) : formatWhen(alarm.raised, zone, now);
  const end = alarm.returned ?? now;
  return <>{[place, texts.since(since, formatFor(Math.max(0, end - alarm.raised)))].filter(Boolean).join(" · ")}</>;
}

function Status({ alarm }: { alarm: Alarm }) {
  const tenant = useTenant();
  const zone = useZone().name;
  const { at } = useMoment();
  const clock = useNow();
  const state = stateWords(alarm, zone, at ?? clock);
  return (
    <div className={styles.status}>
      <p>{alarm.text}</p>
      <p>
        <b data-due={state.due || undefined}>{state.title}</b>
        {state.detail && <span className={ui.quiet}> · {state.detail}</span>}
      </p>
      {maintenanceCases(alarm).map(({ id, number }) => (
        <Link key={id} href={hrefWith(`/t/${tenant?.slug}/work`, { case: id })}>
          {texts.seeCase(number)}
        </Link>
      ))}
      {alarm.note && <p className={styles.note}>{alarm.note}</p>}
    </div>
  );
}

function Buttons({ alarm, actions }: { alarm: Alarm; actions: Actions }) {
  const { closed, busy } = actions;
  const disabled = closed !== undefined || busy;
  return (
    <>
      <div className={`${ui.actions} ${styles.buttons}`}>
        {may.mayReset(alarm) ? (
          <Button disabled={disabled} onClick={() => actions.reset([alarm])}>
            {texts.reset}
          </Button>
        ) : (
          <Button disabled={disabled || !may.mayAcknowledge(alarm)} onClick={() => actions.acknowledge([alarm])}>
            {texts.acknowledge}
          </Button>
        )}
        {may.mayUnshelve(alarm) ? (
          <Button variant="default" disabled={disabled} onClick={() => actions.unshelve([alarm])}>
            {texts.unshelve}
          </Button>
        ) : (
          <Button
            variant="default"
            disabled={disabled || !may.mayShelve(alarm)}
            onClick={() => actions.ask("shelve", [alarm])}
          >
            {texts.shelveDots}
          </Button>
        )}
        <Button variant="default" disabled={disabled} onClick={() => actions.ask("note", [alarm])}>
          {texts.addNote}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label={texts.moreOfAlarm} title={texts.moreOfAlarm}>
              ⋯
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {may.mayReturnToService(alarm) ? (
              <Menu.Item disabled={disabled} onClick={() => actions.returnToService([alarm])}>
                {texts.returnToService}
              </Menu.Item>
            ) : (
              <Menu.Item disabled={disabled} onClick={() => actions.ask("out-of-service", [alarm])}>
                {texts.outOfServiceDots}
              </Menu.Item>
            )}
            <RuleItem rule={alarm.rule} />
            <DeliveriesItem alarm={alarm.key} />
          </Menu.Dropdown>
        </Menu>
      </div>
      {closed && <p className={`${ui.quiet} ${styles.closed}`}>{closed}</p>}
    </>
  );
}

function RuleItem({ rule }: { rule: string }) {
  const tenant = useTenant();
  if (!rule) return null;
  return (
    <Menu.Item component={Link} href={hrefWith(`/t/${tenant?.slug}/alarms/rules`, { rule })}>
      {texts.showRule}
    </Menu.Item>
  );
}

/** The cases that follow from it. */
function Work({ alarm }: { alarm: Alarm }) {
  const { at } = useMoment();
  const { target, asset } = alarm;
  const start = () => ({
    title: `${targetName(alarm)} ${alarm.name}`.slice(0, 200),
    description: alarm.text,
    priority: alarm.priority,
    asset: asset?.id ?? null,
    sensor: target.kind === "sensor" ? target.id : null,
    device: target.kind === "device" ? target.id : null,
    alarm: { key: alarm.key, occurrence: alarm.raised === null ? "" : `${alarm.key}:${alarm.raised}` },
  });
  const about = [targetName(alarm), asset?.tag].filter(Boolean).join(" · ");
  return (
    <InspectorSection title={caseTexts.work}>
      <CasesOf of={{ alarm: alarm.key }} start={start} fixed={{ label: caseTexts.ofAlarm, text: about }} at={at} />
    </InspectorSection>
  );
}

function DeliveriesItem({ alarm }: { alarm: string }) {
  const tenant = useTenant();
  if (!tenant || tenant.role === "viewer") return null;
  return (
    <Menu.Item
      component={Link}
      href={hrefWith(`/t/${tenant.slug}/alarms/notifications`, { view: "deliveries", key: alarm })}
    >
      {texts.whoWasTold}
    </Menu.Item>
  );
}

const HOUR = 3_600_000;

function Places({ alarm }: { alarm: Alarm }) {
  const tenant = useTenant();
  const { at } = useMoment();
  const clock = useNow();
  const now = at ?? clock;
  const base = `/t/${tenant?.slug}`;
  const { target, asset } = alarm;
  const measured = target.kind === "sensor" || target.kind === "calculated";
  if (!measured && !asset) return null;
  const from = alarm.raised ?? now;
  const until = Math.min(now, Math.max(from + 2 * HOUR, alarm.returned ?? 0));
  const range = { start: from - 4 * HOUR, end: Math.max(until, from + HOUR) };
  return (
    <InspectorSection title={texts.where}>
      <div className={ui.actions}>
        {asset && (
          <Button
            component={Link}
            href={hrefWith(`${base}/plant`, {
              asset: asset.tag,
              sensor: target.kind === "sensor" ? target.tag : null,
            })}
          >
            {texts.showOnSchematic}
          </Button>
        )}
        {measured && (
          <Button
            variant="default"
            component={Link}
            href={hrefWith(`${base}/trends`, { sensors: target.tag || target.id, ...range })}
          >
            {texts.openInTrends}
          </Button>
        )}
      </div>
    </InspectorSection>
  );
}
