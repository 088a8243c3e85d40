import type { KeyboardEvent } from "react";
import { Link } from "wouter";
import { DASH, formatAge, formatBytes, formatCount, formatMoment, formatNumber } from "../format";
import { useNow } from "../moment";
import { DataTable } from "../ui/DataTable";
import ui from "../ui/ui.module.css";
import type { Tenant } from "./api";
import { releaseName } from "./fields";
import { State } from "./State";
import styles from "./operators.module.css";
import { texts } from "./texts";

interface Props {
  rows: Tenant[];
  chosen?: string;
  open: (slug: string) => void;
}

/** One page of tenants. Up and down move between rows, Enter opens one; with one open, they open the next. */
export function TenantTable({ rows, chosen, open }: Props) {
  const step = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a[data-row]")];
    const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (chosen) open(next.dataset.row!);
  };
  return (
    <DataTable
      rows={rows}
      keyOf={(tenant) => tenant.slug}
      testId="tenants"
      className={styles.tenants}
      onKeyDown={step}
      onOpen={(tenant) => open(tenant.slug)}
      isSelected={(tenant) => tenant.slug === chosen}
      columns={[
        { head: texts.tenant, className: styles.name, cell: (tenant) => <Name tenant={tenant} open={open} /> },
        { head: texts.state, className: styles.status, cell: (tenant) => <Status tenant={tenant} /> },
        { head: texts.release, cell: (tenant) => <ReleaseOf tenant={tenant} /> },
        {
          head: texts.ring,
          cell: (tenant) => <span className={ui.chip}>{tenant.pinned ? texts.pinned : tenant.ring}</span>,
        },
        {
          head: texts.sensors,
          number: true,
          className: styles.optional,
          headClassName: styles.optional,
          cell: ({ usage }) => (usage ? formatCount(usage.sensors) : DASH),
        },
        {
          head: texts.disk,
          number: true,
          cell: ({ usage }) => (usage?.disk_bytes == null ? DASH : formatBytes(usage.disk_bytes)),
        },
        {
          head: texts.samples,
          number: true,
          cell: ({ usage, state }) =>
            usage?.samples_per_s == null || state === "suspended"
              ? DASH
              : `${formatNumber(rate(usage.samples_per_s))}/s`,
        },
        { head: texts.lastData, number: true, cell: ({ usage }) => <LastData ms={usage?.last_data ?? null} /> },
      ]}
    />
  );
}

function Name({ tenant: { slug, name }, open }: { tenant: Tenant; open: Props["open"] }) {
  return (
    <>
      <Link
        data-row={slug}
        href={`/operators/tenants/${slug}`}
        title={name}
        onClick={(event) => {
          event.preventDefault();
          event.stopPropagation();
          open(slug);
        }}
      >
        {name}
      </Link>
      <div className={ui.sub}>{slug}</div>
    </>
  );
}

function Status({ tenant }: { tenant: Tenant }) {
  const detail = detailOf(tenant);
  return (
    <>
      <State state={tenant.state} />
      {detail && (
        <div className={ui.sub} title={detail}>
          {detail}
        </div>
      )}
    </>
  );
}

/** During an upgrade, from which release to which. */
function ReleaseOf({ tenant: { release, rolling } }: { tenant: Tenant }) {
  const from = rolling && ["upgrading", "checking", "soaking"].includes(rolling.state) ? rolling.before : release;
  return (
    <>
      {from !== release && `${from || texts.none} → `}
      <span className={release ? undefined : `${ui.quiet} ${styles.when}`}>{releaseName(release)}</span>
    </>
  );
}

const rate = (value: number) => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);

function LastData({ ms }: { ms: number | null }) {
  const now = useNow();
  if (ms === null) return <>{DASH}</>;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <time dateTime={new Date(ms).toISOString()} title={`${formatMoment(ms, zone)} (${zone})`}>
      {formatAge(now - ms)}
    </time>
  );
}

/** The status without its first word, which repeats the state; during a roll-out, what is being checked. */
function detailOf(tenant: Tenant): string {
  const { rolling } = tenant;
  if (tenant.state === "ready" && rolling) {
    if (rolling.state === "checking") return texts.checkingAfterUpgrade(rolling.message);
    if (rolling.state === "soaking") return texts.soakingAfterUpgrade;
    if (rolling.state === "failed") return texts.unhealthyAfterUpgrade(rolling.message);
  }
  const rest = tenant.status.replace(/^\w+(: |, )?/, "");
  return rest && rest[0]!.toUpperCase() + rest.slice(1);
}
