import { formatDate } from "../../format";
import { useMoment, useNow, useZone } from "../../moment";
import { DataTable } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import work from "../work.module.css";
import { ListPage } from "../ListPage";
import type { TableProps } from "../ListPage";
import { campaigns } from "./api";
import type { Campaign } from "./api";
import { CampaignDetails } from "./CampaignDetails";
import { CampaignForm } from "./CampaignForm";
import styles from "./campaigns.module.css";
import { progressOf, queryWords } from "./draft";
import { Progress } from "./Progress";
import { texts } from "../texts";

/** Jobs for many devices, and how far they are. */
export function CampaignsPage() {
  const list = campaigns.useList(useMoment().at);
  return (
    <ListPage
      part="campaigns"
      param="campaign"
      list={list}
      words={{
        add: texts.addCampaign,
        failed: texts.campaignsFailed,
        none: texts.noCampaigns,
        noneThen: texts.noCampaignsThen,
        hint: texts.noCampaignsHint,
        viewerHint: texts.noCampaignsViewer,
      }}
      Table={CampaignTable}
      Details={CampaignDetails}
      Form={CampaignForm}
    />
  );
}

function CampaignTable({ rows, current, show }: TableProps<Campaign>) {
  const zone = useZone().name;
  const clock = useNow();
  const { at } = useMoment();
  const now = at ?? clock;
  const late = ({ due, closed, counts }: Campaign) => due !== null && due < now && !closed && counts.pending > 0;
  return (
    <DataTable
      rows={rows}
      keyOf={(each) => each.id}
      label={texts.parts.campaigns}
      className={styles.table}
      cards
      onOpen={(each) => show(each.id)}
      isSelected={(each) => each.id === current}
      isFaint={(each) => each.closed}
      columns={[
        {
          head: texts.aCampaign,
          className: styles.what,
          cell: (each) => (
            <>
              <button type="button" className={ui.rowName} aria-current={each.id === current || undefined}>
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
