import { TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { page } from "../api/client";
import { formatMoment, formatNumber } from "../format";
import { View } from "../frame";
import { useParam, useZone } from "../moment";
import { useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Earlier } from "../ui/Earlier";
import { Card } from "../ui/Card";
import { Empty, Failed, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import { PeopleTabs } from "./Tabs";
import styles from "./people.module.css";
import { texts } from "./texts";

/** {"role": "viewer"} as `role viewer`: the change in one line. */
export function detailText(detail: Record<string, unknown>): string {
  const say = (value: unknown): string => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "number") return formatNumber(value);
    if (Array.isArray(value)) return value.map(say).join(", ");
    if (typeof value === "object") return detailText(value as Record<string, unknown>);
    return String(value);
  };
  const { before, after, ...rest } = detail;
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${say(value)}`);
  if (before && after) parts.push(`${say(before)} → ${say(after)}`);
  return parts.join(" · ");
}

export default function Audit() {
  const tenant = useTenant()!;
  const zone = useZone();
  const [user, setUser] = useParam("user");
  const [action, setAction] = useParam("action");
  const query = { of: "tenant", limit: 100, user, action };
  const trail = useInfiniteQuery({
    queryKey: [tenant.slug, "audit", user, action],
    queryFn: ({ pageParam, signal }) => page("/api/v1/audit", query, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: tenant.role === "admin",
  });
  const rows = trail.data?.pages.flatMap((each) => each.results) ?? [];
  return (
    <View headed title={texts.auditTrail}>
      <div className={ui.page}>
        <div className={ui.pageHead}>
          <h1>{texts.people}</h1>
        </div>
        <PeopleTabs />
        {tenant.role !== "admin" ? (
          <Empty title={texts.auditForAdmins}>{texts.auditForAdminsDetail(tenant.name)}</Empty>
        ) : (
          <>
            <div className={styles.filters}>
              <TextInput
                data-filter
                aria-label={texts.person}
                placeholder={texts.username}
                value={user ?? ""}
                onChange={(event) => setUser(event.currentTarget.value.trim() || null)}
              />
              <TextInput
                aria-label={texts.action}
                placeholder={texts.actionPlaceholder}
                value={action ?? ""}
                onChange={(event) => setAction(event.currentTarget.value.trim() || null)}
              />
            </div>
            {trail.isPending ? (
              <Loading />
            ) : trail.isError ? (
              <Failed error={trail.error} retry={() => void trail.refetch()} />
            ) : rows.length === 0 ? (
              <Empty title={user || action ? texts.noMatch : texts.noChangesRecorded}>
                {user || action ? texts.filterRules : null}
              </Empty>
            ) : (
              <Card flush>
                <DataTable
                  rows={rows}
                  keyOf={(entry) => entry.id}
                  columns={[
                    {
                      head: texts.time(zone.label),
                      cell: (entry) => (
                        <span style={{ whiteSpace: "nowrap" }}>{formatMoment(entry.at, zone.name)}</span>
                      ),
                    },
                    {
                      head: texts.user,
                      cell: (entry) => (
                        <>
                          {entry.username || texts.system}
                          {entry.via === "token" && <div className={ui.sub}>{texts.apiToken}</div>}
                        </>
                      ),
                    },
                    { head: texts.action, cell: (entry) => <span style={{ fontWeight: 500 }}>{entry.action}</span> },
                    { head: texts.object, cell: (entry) => entry.target },
                    {
                      head: texts.details,
                      cell: (entry) => <div className={styles.detail}>{detailText(entry.detail)}</div>,
                    },
                  ]}
                />
              </Card>
            )}
            <Earlier list={trail} />
          </>
        )}
      </div>
    </View>
  );
}
