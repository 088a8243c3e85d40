import { Menu } from "@mantine/core";
import { Link, useLocation } from "wouter";
import { useHref, useNavigateWith } from "../moment";
import { useSite, useSites, useTenant } from "../tenant";
import { ChevronIcon } from "../ui/icons";
import { Mark } from "../ui/Mark";
import { openSearch } from "../search/open";
import { AccountMenu } from "./AccountMenu";
import { Slot } from "./slots";
import { TimeBadge } from "./TimeBadge";
import styles from "./frame.module.css";
import { texts } from "./texts";

const VIEWS: Record<string, string> = {
  home: texts.home,
  plant: texts.plant,
  trends: texts.trends,
  dashboards: texts.dashboards,
  alarms: texts.alarms,
  work: texts.work,
  data: texts.data,
  members: texts.people,
  audit: texts.auditTrail,
};
/** Pages that show a moment; on the others a LIVE badge would be wrong. */
const TIMED = new Set(["home", "plant", "trends", "alarms", "work", "dashboards"]);

export function Bar() {
  const [path] = useLocation();
  const tenant = useTenant();
  const hrefWith = useHref();
  const view = tenant ? (path.split("/")[3] ?? "") : "";
  return (
    <header className={styles.bar}>
      <Link
        className={styles.mark}
        href={tenant ? hrefWith(`/t/${tenant.slug}/home`) : "/"}
        aria-label={texts.productHome}
      >
        <Mark size={24} />
      </Link>
      <div className={styles.crumbs}>
        <Breadcrumb view={view} />
        <Slot name="crumb" />
      </div>
      {tenant && TIMED.has(view) && !path.endsWith("/edit") && <TimeBadge />}
      <Slot name="actions" />
      {tenant && (
        <button type="button" className={styles.search} onClick={openSearch} aria-label={texts.searchLabel}>
          {texts.search} <kbd>Ctrl K</kbd>
        </button>
      )}
      <AccountMenu />
    </header>
  );
}

function Breadcrumb({ view }: { view: string }) {
  const [path] = useLocation();
  const tenant = useTenant();
  const site = useSite();
  const hrefWith = useHref();
  if (path.startsWith("/operators")) return <span>{texts.operatorsConsole}</span>;
  if (!tenant) return <span>{texts.product}</span>;
  return (
    <>
      {tenant.name !== site?.name && (
        <Link href={hrefWith(`/t/${tenant.slug}/home`)} title={tenant.name}>
          {tenant.name}
        </Link>
      )}
      <SiteSwitch first={tenant.name === site?.name} />
      {VIEWS[view] && (
        <>
          <span className={`${styles.separator} ${styles.optional}`}>›</span>
          <span className={`${styles.here} ${styles.optional}`}>{VIEWS[view]}</span>
        </>
      )}
    </>
  );
}

/** Other sites have other sensors, so choosing one resets the page. */
function SiteSwitch({ first }: { first: boolean }) {
  const sites = useSites().data ?? [];
  const site = useSite();
  const [path] = useLocation();
  const navigate = useNavigateWith();
  if (!site) return null;
  const page = path.split("/").slice(0, 4).join("/");
  return (
    <>
      {!first && <span className={styles.separator}>›</span>}
      {sites.length === 1 ? (
        <span className={styles.crumb}>{site.name}</span>
      ) : (
        <Menu position="bottom-start">
          <Menu.Target>
            <button type="button" className={styles.switch} title={texts.site(site.name)}>
              <span>{site.name}</span>
              <ChevronIcon size={14} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {sites.map((each) => (
              <Menu.Item
                key={each.id}
                fw={each.id === site.id ? 600 : 400}
                onClick={() => navigate(page, { site: each.slug })}
              >
                {each.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
