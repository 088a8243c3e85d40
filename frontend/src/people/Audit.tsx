import { TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { page } from "../api/client";
import { formatMoment, formatNumber } from "../format";
import { View } from "../frame";
import { useParam, useZone } from "../moment";
import { useTenant } from "../tenant";
import { Earlier } from "../ui/Earlier";
import { Card } from "../ui/Card";
import { Empty, Failed, Waiting } from "../ui/states";
import ui from "../ui/ui.module.css";
import { PeopleTabs } from "./Tabs";
import styles from "./people.module.css";

/** {"role": "viewer"} as `role viewer`: what was changed, in a line. */
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
    <View title="Audit trail">
      <div className={ui.page}>
        <div className={ui.pageHead}>
          <h1>People</h1>
        </div>
        <PeopleTabs />
        {tenant.role !== "admin" ? (
          <Empty title="Only administrators see the audit trail">
            It says who changed what in {tenant.name}, and when.
          </Empty>
        ) : (
          <>
            <div className={styles.filters}>
              <TextInput
                data-filter
                aria-label="Person"
                placeholder="Username"
                value={user ?? ""}
                onChange={(event) => setUser(event.currentTarget.value.trim() || null)}
              />
              <TextInput
                aria-label="Action"
                placeholder="Action, like sensor."
                value={action ?? ""}
                onChange={(event) => setAction(event.currentTarget.value.trim() || null)}
              />
            </div>
            {trail.isPending ? (
              <Waiting />
            ) : trail.isError ? (
              <Failed error={trail.error} retry={() => void trail.refetch()} />
            ) : rows.length === 0 ? (
              <Empty title={user || action ? "Nothing fits this filter" : "Nothing was changed yet"}>
                {user || action ? "Names are matched whole; an action may end with a dot for all of its kind." : null}
              </Empty>
            ) : (
              <Card flush>
                <div className={ui.scrollX}>
                  <table className={ui.table}>
                    <thead>
                      <tr>
                        <th>When, {zone.label}</th>
                        <th>Who</th>
                        <th>What</th>
                        <th>Of what</th>
                        <th>Details</th>
                      </tr>
                    </thead>
                    <tbody>
                      {rows.map((entry) => (
                        <tr key={entry.id}>
                          <td style={{ whiteSpace: "nowrap" }}>{formatMoment(entry.at, zone.name)}</td>
                          <td>
                            {entry.username || "the platform"}
                            {entry.via === "token" && <div className={ui.sub}>by token</div>}
                          </td>
                          <td style={{ fontWeight: 500 }}>{entry.action}</td>
                          <td>{entry.target}</td>
                          <td>
                            <div className={styles.detail}>{detailText(entry.detail)}</div>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </Card>
            )}
            <Earlier list={trail} />
          </>
        )}
      </div>
    </View>
  );
}
