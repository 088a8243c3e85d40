import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { page } from "../api/client";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";
import { texts } from "./texts";

const VERBS: Record<string, string> = {
  create: texts.created,
  update: texts.updated,
  delete: texts.deleted,
  bulk: texts.bulkChanged,
  invite: texts.invited,
};

/** `sensor.update` as "changed sensor". */
export function actionText(action: string): string {
  const [what = "", verb = ""] = action.split(".");
  return `${VERBS[verb] ?? verb.replaceAll("_", " ")} ${verb === "bulk" ? `${what}s` : what.replaceAll("_", " ")}`;
}

/** The last changes by people; the audit trail is the administrators'. */
export function RecentChanges() {
  const tenant = useTenant()!;
  const trail = useQuery({
    queryKey: [tenant.slug, "audit", "home"],
    queryFn: ({ signal }) => page("/api/v1/audit", { limit: 6, of: "tenant" }, undefined, signal),
    enabled: tenant.role === "admin",
    staleTime: 30_000,
  });
  if (!trail.data?.results.length) return null;
  return (
    <Card
      title={texts.recentChanges}
      aside={<Link href={hrefWith(`/t/${tenant.slug}/audit`)}>{texts.showAll}</Link>}
      flush
    >
      <div className={styles.rows}>
        {trail.data.results.map((entry) => (
          <div key={entry.id} className={styles.change}>
            <span className={ui.quiet}>
              <Ago ms={entry.at} />
            </span>
            <span>
              <b>{entry.username || texts.system}</b> {actionText(entry.action)} {entry.target}
            </span>
          </div>
        ))}
      </div>
    </Card>
  );
}
