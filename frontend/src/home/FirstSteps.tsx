import { Link } from "wouter";
import type { Site } from "../api/types";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";

/** A tenant on its first day: what is missing, in the order in which it is needed. */
export function FirstSteps({ site }: { site: Site | undefined }) {
  const tenant = useTenant()!;
  const may = tenant.role !== "viewer";
  return (
    <div className={ui.page}>
      <div className={styles.first}>
        <Card title={`${tenant.name} is ready and still empty`}>
          {may ? (
            <ol>
              <li>
                {site ? `${site.name} has no sensors yet.` : "There is no site yet."} Add both under{" "}
                <Link href={hrefWith(`/t/${tenant.slug}/data/sensors`)}>Data</Link>, or thousands at once by{" "}
                <code>POST /api/v1/sensors/bulk</code>.
              </li>
              <li>
                Load its past: <Link href={hrefWith(`/t/${tenant.slug}/data`)}>import history</Link> from CSV files.
              </li>
              <li>
                Send what it measures now: make a token that may send samples under <Link href="/account">Account</Link>
                , and let a device or Telegraf write line protocol to <code>{location.origin}/write</code>.
              </li>
            </ol>
          ) : (
            <p>Its engineers have not added sensors yet. You will see the plant here once they have.</p>
          )}
        </Card>
      </div>
    </div>
  );
}
