import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { formatCount } from "../format";
import { InBar, View } from "../frame";
import { useReadiness } from "../frame/health";
import { useParam } from "../moment";
import { useMe } from "../tenant";
import { matches, wordsOf } from "../catalog/tree";
import { Card } from "../ui/Card";
import { Empty, Failed, Waiting } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { useTenants } from "./api";
import type { Tenant } from "./api";
import { NewTenant } from "./NewTenant";
import { State } from "./State";
import { TenantPane } from "./TenantPane";
import styles from "./operators.module.css";
import frame from "../frame/frame.module.css";

const STATES = ["ready", "provisioning", "suspended", "failed", "deleting"];

export default function Tenants() {
  const { slug } = useParams<{ slug?: string }>();
  const me = useMe().data;
  const tenants = useTenants();
  const [text, setText] = useParam("q");
  const [state, setState] = useParam("state");
  const [, navigate] = useLocation();
  const [creating, setCreating] = useState(false);
  if (me && !me.operator) {
    return <Empty title="For operators only">Tenants are made and removed by the platform's staff.</Empty>;
  }
  const rows = tenants.data?.results ?? [];
  const words = wordsOf(text ?? "");
  const shown = rows.filter(
    (each) => (!state || each.state === state) && matches(words, each.name, each.slug, each.release),
  );
  const chosen = rows.find((each) => each.slug === slug);
  const failed = rows.filter((each) => each.state === "failed").length;
  const open = (next?: string) =>
    navigate(`/operators/tenants${next ? `/${next}` : ""}${location.search}`, { replace: true });
  const pane = slug && tenants.data && <TenantPane key={slug} slug={slug} tenant={chosen} close={() => open()} />;
  return (
    <View title="Tenants" inspector={pane || undefined}>
      <InBar place="actions">
        <AllParts />
      </InBar>
      <div className={ui.page}>
        <div className={ui.pageHead}>
          <h1>Tenants</h1>
          <span className={ui.quiet}>
            {formatCount(rows.length)}
            {failed > 0 && ` · ${failed} failed`}
          </span>
          <span className={ui.grow} />
          <TextInput
            data-filter
            className={styles.search}
            placeholder="Name, slug, release…"
            aria-label="Filter tenants"
            value={text ?? ""}
            onChange={(event) => setText(event.currentTarget.value || null)}
          />
          <Select
            w={140}
            aria-label="State"
            placeholder="Any state"
            clearable
            data={STATES.map((each) => ({ value: each, label: each[0]!.toUpperCase() + each.slice(1) }))}
            value={state}
            onChange={(value) => setState(value)}
          />
          <Button onClick={() => setCreating(true)}>New tenant</Button>
        </div>
        {tenants.isPending ? (
          <Waiting />
        ) : tenants.isError ? (
          <Failed error={tenants.error} retry={() => void tenants.refetch()} />
        ) : rows.length === 0 ? (
          <Empty title="No tenants yet" action={<Button onClick={() => setCreating(true)}>New tenant</Button>}>
            A tenant is one customer: its own database on its own disk, its own people and plants.
          </Empty>
        ) : (
          <Card flush>
            <Table rows={shown} chosen={slug} open={open} />
            {shown.length === 0 && <p style={{ padding: 16 }}>No tenant fits this filter.</p>}
          </Card>
        )}
      </div>
      {creating && (
        <NewTenant
          disks={tenants.data?.kept_disks ?? []}
          close={() => setCreating(false)}
          created={(made) => {
            setCreating(false);
            open(made);
          }}
        />
      )}
    </View>
  );
}

function Table({ rows, chosen, open }: { rows: Tenant[]; chosen?: string; open: (slug: string) => void }) {
  return (
    <div className={ui.scrollX}>
      <table className={ui.table} data-testid="tenants">
        <thead>
          <tr>
            <th>Tenant</th>
            <th>State</th>
            <th>Driver</th>
            <th className={ui.number}>Sensors up to</th>
            <th className={ui.number}>Created</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((tenant) => (
            <tr
              key={tenant.slug}
              data-action
              data-selected={tenant.slug === chosen || undefined}
              onClick={() => open(tenant.slug)}
            >
              <td>
                <Link
                  href={`/operators/tenants/${tenant.slug}`}
                  style={{ color: "inherit", fontWeight: 600 }}
                  onClick={(event) => event.stopPropagation()}
                >
                  {tenant.name}
                </Link>
                <div className={ui.sub}>{tenant.slug}</div>
              </td>
              <td className={styles.status}>
                <State state={tenant.state} />
                {tenant.status.toLowerCase() !== tenant.state && <div className={ui.sub}>{detailOf(tenant)}</div>}
              </td>
              <td>{tenant.driver}</td>
              <td className={ui.number}>{formatCount(tenant.limits.sensors ?? 0)}</td>
              <td className={ui.number}>
                <Ago ms={tenant.created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The status without its first word, which the state beside it says. */
function detailOf(tenant: Tenant): string {
  const rest = tenant.status.replace(/^\w+(: |, )?/, "");
  return rest && rest[0]!.toLowerCase() + rest.slice(1);
}

function AllParts() {
  const { reached, down, known } = useReadiness();
  if (!known || !reached || down.length) return null;
  return (
    <div className={`${frame.badge} ${frame.live}`} role="status">
      <span className={frame.dot} />
      All parts up
    </div>
  );
}
