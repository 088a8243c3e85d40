import { Link } from "wouter";
import type { Site } from "../api/types";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import ui from "../ui/ui.module.css";
import styles from "./home.module.css";
import { texts } from "./texts";

/** A tenant on its first day: what is missing, in the order in which it is needed. */
export function FirstSteps({ site }: { site: Site | undefined }) {
  const tenant = useTenant()!;
  const may = tenant.role !== "viewer";
  return (
    <div className={ui.page}>
      <div className={styles.first}>
        <Card title={texts.setUpNoData(tenant.name)}>
          {may ? (
            <ol>
              <li>
                {site ? texts.noSensors(site.name) : texts.thereNoSites} {texts.addSitesSensorsUnder}{" "}
                <Link href={hrefWith(`/t/${tenant.slug}/data/sensors`)}>{texts.data}</Link>
                {texts.bulk} <code>POST /api/v1/sensors/bulk</code>.
              </li>
              <li>
                {texts.loadHistoricalData} <Link href={hrefWith(`/t/${tenant.slug}/data`)}>{texts.importHistory}</Link>{" "}
                {texts.fromCsvFiles}
              </li>
              <li>
                {texts.connectLiveDataCreate} <Link href="/account">{texts.account}</Link>
                {texts.thenSendLineProtocol} <code>{location.origin}/write</code>.
              </li>
            </ol>
          ) : (
            <p>{texts.noSensorsBeenAdded}</p>
          )}
        </Card>
      </div>
    </div>
  );
}
