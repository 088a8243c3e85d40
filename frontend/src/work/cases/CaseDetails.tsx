import { Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { PriorityMark, formatWhen } from "../../alarmData";
import { caseName, caseTexts, dueWords, isOpen, isOverdue, useCase } from "../../cases";
import type { CaseWithNotes } from "../../cases";
import { formatDuration, formatMoment } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { hrefWith, useMoment, useNow, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { PendingDetails } from "../PendingDetails";
import work from "../work.module.css";
import styles from "./details.module.css";
import { Notes } from "./Notes";
import type { Actions } from "./useActions";
import { texts } from "../texts";

interface Props {
  id: string;
  close: () => void;
  actions: Actions;
}

/** One case: what can be done, what is known, and what people noted. */
export function CaseDetails({ id, close, actions }: Props) {
  const { at } = useMoment();
  const { data, error, refetch } = useCase(id, at);
  if (!data) {
    const gone = at === null ? texts.caseGone : texts.caseGoneThen;
    return <PendingDetails title={texts.case} close={close} error={error} retry={refetch} gone={gone} />;
  }
  return (
    <Inspector title={<Title each={data} />} subtitle={<Opened each={data} />} onClose={close}>
      <Status each={data} />
      <Buttons each={data} actions={actions} />
      {data.description && <p className={`${work.text} ${styles.description}`}>{data.description}</p>}
      {data.what_was_done && (
        <InspectorSection title={texts.whatWasDone}>
          <p className={work.text}>{data.what_was_done}</p>
        </InspectorSection>
      )}
      <Facts each={data} />
      <Places each={data} />
      <Notes each={data} mayAdd={actions.closed === undefined} />
      <Steps each={data} />
    </Inspector>
  );
}

function Title({ each }: { each: CaseWithNotes }) {
  return (
    <span className={styles.title}>
      <PriorityMark priority={each.priority} />
      <span>{caseName(each)}</span>
    </span>
  );
}

function Opened({ each }: { each: CaseWithNotes }) {
  const zone = useZone().name;
  const clock = useNow();
  const time = formatWhen(each.opened, zone, clock);
  const opened = each.opened_by ? texts.openedBy(each.opened_by, time) : texts.openedByPlan(time);
  return <>{`${caseTexts.kinds[each.kind]} · ${opened}`}</>;
}

function Status({ each }: { each: CaseWithNotes }) {
  const zone = useZone().name;
  const { at } = useMoment();
  const clock = useNow();
  const now = at ?? clock;
  return (
    <p className={styles.status}>
      <b>{caseTexts.states[each.state]}</b>
      {each.due !== null && (
        <>
          {" · "}
          <span className={isOverdue(each, now) ? work.overdue : ui.quiet}>{dueWords(each, zone, now)}</span>
        </>
      )}
      {" · "}
      <span className={ui.quiet}>{each.assigned?.name ?? texts.nobody}</span>
    </p>
  );
}

function Buttons({ each, actions }: { each: CaseWithNotes; actions: Actions }) {
  const disabled = actions.closed !== undefined || actions.busy;
  return (
    <>
      <div className={`${ui.actions} ${work.buttons}`}>
        {each.state === "open" && (
          <Button disabled={disabled} onClick={() => actions.start(each)} title={texts.startKey}>
            {texts.start}
          </Button>
        )}
        {isOpen(each) ? (
          <Button
            variant={each.state === "open" ? "default" : "filled"}
            disabled={disabled}
            onClick={() => actions.finish(each)}
            title={texts.finishKey}
          >
            {texts.finishDots}
          </Button>
        ) : (
          <Button variant="default" disabled={disabled} onClick={() => actions.reopen(each)}>
            {texts.reopen}
          </Button>
        )}
        <Button variant="default" disabled={disabled} onClick={() => actions.edit(each)}>
          {texts.edit}
        </Button>
        {isOpen(each) && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" aria-label={texts.more} title={texts.more}>
                ⋯
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={disabled || !actions.mayTake(each)} onClick={() => actions.take(each)}>
                {texts.assignToMe}
              </Menu.Item>
              <Menu.Item disabled={disabled} onClick={() => actions.cancel(each)}>
                {texts.cancelCase}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <ErrorMessage error={actions.error} />
      {actions.closed && <p className={`${ui.quiet} ${work.closed}`}>{actions.closed}</p>}
      {each.suppress && isOpen(each) && <p className={`${ui.quiet} ${work.closed}`}>{texts.suppressing}</p>}
    </>
  );
}

function Facts({ each }: { each: CaseWithNotes }) {
  const tenant = useTenant();
  const zone = useZone().name;
  const base = `/t/${tenant?.slug}`;
  const moment = (ms: number | null) => ms !== null && formatMoment(ms, zone, false);
  const { downtime } = each;
  const facts: [string, ReactNode][] = [
    [texts.asset, each.asset && `${each.asset.tag} ${each.asset.name}`],
    [texts.sensor, each.sensor && `${each.sensor.tag} ${each.sensor.name}`],
    [texts.device, each.device && (each.device.name || each.device.tag)],
    [texts.due, moment(each.due)],
    [texts.began, moment(each.began)],
    [texts.ended, moment(each.ended)],
    [texts.failure, each.failure && texts.yes],
    [
      texts.downtime,
      downtime &&
        (downtime.end === null
          ? texts.stillDown(formatMoment(downtime.start, zone, false))
          : texts.downFor(formatDuration(downtime.end - downtime.start), formatMoment(downtime.start, zone, false))),
    ],
    [
      texts.alarm,
      each.alarm && <Link href={hrefWith(`${base}/alarms`, { alarm: each.alarm.key })}>{texts.seeAlarm}</Link>,
    ],
    [
      texts.plan,
      each.plan && <Link href={hrefWith(`${base}/work/maintenance`, { plan: each.plan })}>{texts.seePlan}</Link>,
    ],
    [
      texts.campaign,
      each.campaign && (
        <Link href={hrefWith(`${base}/work/campaigns`, { campaign: each.campaign })}>{texts.seeCampaign}</Link>
      ),
    ],
  ];
  return (
    <dl className={`${ui.dl} ${styles.facts}`}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const HOUR = 3_600_000;

function Places({ each }: { each: CaseWithNotes }) {
  const tenant = useTenant();
  const { at } = useMoment();
  const clock = useNow();
  const base = `/t/${tenant?.slug}`;
  const { asset, sensor } = each;
  if (!asset && !sensor) return null;
  const range = { start: each.opened - 24 * HOUR, end: Math.min(at ?? clock, (each.ended ?? at ?? clock) + 24 * HOUR) };
  return (
    <div className={`${ui.actions} ${styles.places}`}>
      {asset && (
        <Button
          variant="default"
          component={Link}
          href={hrefWith(`${base}/plant`, { asset: asset.tag, sensor: sensor?.tag ?? null })}
        >
          {texts.showPlant}
        </Button>
      )}
      {sensor && (
        <Button
          variant="default"
          component={Link}
          href={hrefWith(`${base}/trends`, { sensors: sensor.tag || sensor.id, ...range })}
        >
          {texts.openTrends}
        </Button>
      )}
    </div>
  );
}

/** When it came into which state, the last one first. */
function Steps({ each }: { each: CaseWithNotes }) {
  const zone = useZone().name;
  return (
    <InspectorSection title={texts.history}>
      <ol className={styles.steps}>
        {each.steps.toReversed().map((step) => (
          <li key={`${step.at} ${step.state}`}>
            <time dateTime={new Date(step.at).toISOString()}>{formatMoment(step.at, zone, false)}</time>
            <span>{texts.step(caseTexts.states[step.state], step.by)}</span>
          </li>
        ))}
      </ol>
    </InspectorSection>
  );
}
