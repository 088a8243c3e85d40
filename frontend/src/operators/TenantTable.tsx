import type { KeyboardEvent } from "react";
import { Link } from "wouter";
import { DASH, formatAge, formatBytes, formatCount, formatMoment, formatNumber } from "../format";
import { useNow } from "../moment";
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
    <div className={ui.scrollX}>
      <table className={`${ui.table} ${styles.tenants}`} data-testid="tenants" onKeyDown={step}>
        <thead>
          <tr>
            <th>{texts.tenant}</th>
            <th>{texts.state}</th>
            <th>{texts.release}</th>
            <th>{texts.ring2}</th>
            <th className={`${ui.number} ${styles.roomy}`}>{texts.sensors}</th>
            <th className={ui.number}>{texts.disk}</th>
            <th className={ui.number}>{texts.samples}</th>
            <th className={ui.number}>{texts.lastData}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((tenant) => (
            <Row key={tenant.slug} tenant={tenant} chosen={tenant.slug === chosen} open={open} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ tenant, chosen, open }: { tenant: Tenant; chosen: boolean; open: (slug: string) => void }) {
  const { slug, usage, rolling } = tenant;
  const from =
    rolling && ["upgrading", "checking", "soaking"].includes(rolling.state) ? rolling.before : tenant.release;
  const detail = detailOf(tenant);
  return (
    <tr data-action data-selected={chosen || undefined} onClick={() => open(slug)}>
      <td className={styles.name}>
        <Link
          data-row={slug}
          href={`/operators/tenants/${slug}`}
          title={tenant.name}
          onClick={(event) => {
            event.preventDefault();
            event.stopPropagation();
            open(slug);
          }}
        >
          {tenant.name}
        </Link>
        <div className={ui.sub}>{slug}</div>
      </td>
      <td className={styles.status}>
        <State state={tenant.state} />
        {detail && (
          <div className={ui.sub} title={detail}>
            {detail}
          </div>
        )}
      </td>
      <td>
        {from !== tenant.release && `${from || "none"} → `}
        <span className={tenant.release ? undefined : `${ui.quiet} ${styles.when}`}>{releaseName(tenant.release)}</span>
      </td>
      <td>
        <span className={ui.chip}>{tenant.pinned ? "pinned" : tenant.ring}</span>
      </td>
      <td className={`${ui.number} ${styles.roomy}`}>{usage ? formatCount(usage.sensors) : DASH}</td>
      <td className={ui.number}>{usage?.disk_bytes == null ? DASH : formatBytes(usage.disk_bytes)}</td>
      <td className={ui.number}>
        {usage?.samples_per_s == null || tenant.state === "suspended"
          ? DASH
          : `${formatNumber(rate(usage.samples_per_s))}/s`}
      </td>
      <td className={ui.number}>
        <LastData ms={usage?.last_data ?? null} />
      </td>
    </tr>
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

/** The status without its first word, which the state beside it says; what a roll-out checks, where it does. */
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
