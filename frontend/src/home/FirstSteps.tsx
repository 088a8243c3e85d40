import { Link } from "wouter";
import type { Site } from "../api/types";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";
import { texts } from "./texts";

/** For a new tenant: what is missing, in the order in which it is needed. */
export function FirstSteps({ site }: { site: Site | undefined }) {
  const tenant = useTenant()!;
  const may = tenant.role !== "viewer";
  return (
    <div className={ui.page}>
      <div className={styles.first}>
        <Card title={texts.noDataYetTitle(tenant.name)}>
          {may ? (
            <ol>
              <li>
                {site ? texts.siteWithoutSensors(site.name) : texts.noSites} {texts.addSensors.before}{" "}
                <Link href={hrefWith(`/t/${tenant.slug}/data/sensors`)}>{texts.addSensors.link}</Link>
                {texts.addSensors.after} <code>POST /api/v1/sensors/bulk</code>.
              </li>
              <li>
                {texts.loadHistory.before}{" "}
                <Link href={hrefWith(`/t/${tenant.slug}/data/imports`)}>{texts.loadHistory.link}</Link>{" "}
                {texts.loadHistory.after}
              </li>
              <li>
                {texts.connect.before} <Link href="/account">{texts.connect.link}</Link>
                {texts.connect.after} <code>{location.origin}/write</code>.
              </li>
            </ol>
          ) : (
            <p>{texts.noSensorsViewer}</p>
          )}
        </Card>
      </div>
    </div>
  );
}
