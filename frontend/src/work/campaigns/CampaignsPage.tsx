import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useMayWork } from "../../cases";
import { formatDate } from "../../format";
import { useShortcuts } from "../../keyboard";
import { useMoment, useNow, useParam, useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Earlier } from "../../ui/Earlier";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { beside } from "../beside";
import work from "../work.module.css";
import { WorkPage } from "../WorkPage";
import { useCampaigns } from "./api";
import type { Campaign } from "./api";
import { CampaignDetails } from "./CampaignDetails";
import { CampaignForm } from "./CampaignForm";
import styles from "./campaigns.module.css";
import { progressOf, queryWords } from "./draft";
import { Progress } from "./Progress";
import { texts } from "../texts";

/** Jobs for many devices, and how far they are. */
export function CampaignsPage() {
  const [current, show] = useParam("campaign");
  const [form, setForm] = useState<Campaign | "new" | null>(null);
  const { at } = useMoment();
  const mayWork = useMayWork();
  const tenant = useTenant();
  const list = useCampaigns(at);
  const pages = list.data?.pages;
  const campaigns = useMemo(() => pages?.flatMap((page) => page.results) ?? [], [pages]);
  const go = (step: 1 | -1) => () => {
    const next = beside(campaigns, current, step);
    if (next) show(next);
  };
  const edited = campaigns.find((each) => each.id === current);
  useShortcuts("work", {
    next: go(1),
    previous: go(-1),
    add: () => (mayWork ? setForm("new") : false),
    edit: () => (mayWork && edited ? setForm(edited) : false),
    close: () => (current ? show(null) : false),
  });
  const add = mayWork && <Button onClick={() => setForm("new")}>{texts.addCampaign}</Button>;
  const details = current && <CampaignDetails key={current} id={current} close={() => show(null)} edit={setForm} />;
  return (
    <WorkPage part="campaigns" tools={campaigns.length > 0 && add} details={details} close={() => show(null)}>
      {list.isError && !list.data ? (
        <Failed error={list.error} what={texts.campaignsFailed} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : campaigns.length === 0 ? (
        <Empty title={at === null ? texts.noCampaigns : texts.noCampaignsThen} action={add}>
          {tenant?.role === "viewer" ? texts.noCampaignsViewer : texts.noCampaignsHint}
        </Empty>
      ) : (
        <>
          <Card flush>
            <CampaignTable campaigns={campaigns} current={current} show={show} />
          </Card>
          <Earlier list={list} />
        </>
      )}
      {form && (
        <CampaignForm
          key={form === "new" ? form : form.id}
          campaign={form === "new" ? undefined : form}
          close={() => setForm(null)}
          stored={(campaign) => {
            setForm(null);
            show(campaign.id);
          }}
        />
      )}
    </WorkPage>
  );
}

interface TableProps {
  campaigns: readonly Campaign[];
  current: string | null;
  show: (id: string) => void;
}

function CampaignTable({ campaigns, current, show }: TableProps) {
  const zone = useZone().name;
  const clock = useNow();
  const { at } = useMoment();
  const now = at ?? clock;
  const late = ({ due, closed, counts }: Campaign) => due !== null && due < now && !closed && counts.pending > 0;
  return (
    <DataTable
      rows={campaigns}
      keyOf={(each) => each.id}
      label={texts.parts.campaigns}
      className={styles.table}
      onOpen={(each) => show(each.id)}
      isSelected={(each) => each.id === current}
      isFaint={(each) => each.closed}
      columns={[
        {
          head: texts.aCampaign,
          className: styles.what,
          cell: (each) => (
            <>
              <button type="button" className={styles.name} aria-current={each.id === current || undefined}>
                {each.name}
              </button>
              <div className={ui.sub}>{queryWords(each.query)}</div>
            </>
          ),
        },
        {
          head: texts.progress,
          className: styles.progress,
          cell: (each) => {
            const { finished, total, share } = progressOf(each.counts);
            return <Progress share={share} text={texts.progressOf(finished, total)} />;
          },
        },
        {
          head: texts.columns.due,
          className: styles.due,
          cell: (each) =>
            each.due !== null && (
              <span className={late(each) ? work.overdue : undefined}>{formatDate(each.due, zone)}</span>
            ),
        },
        {
          head: texts.assigned,
          className: styles.assigned,
          cell: (each) => each.assigned?.name ?? <span className={ui.quiet}>{texts.nobody}</span>,
        },
      ]}
    />
  );
}
