import { Link, useLocation } from "wouter";
import { InBar } from "../frame";
import { useReadiness } from "../frame/health";
import frame from "../frame/frame.module.css";
import { Empty } from "../ui/states";
import ui from "../ui/ui.module.css";
import { useOptions } from "./api";
import { onCluster } from "./drivers";
import { texts } from "./texts";

const TABS = [
  ["/operators/tenants", texts.tenants],
  ["/operators/releases", texts.releases],
] as const;
const CLUSTERS = ["/operators/clusters", texts.clusters] as const;

export function OperatorTabs() {
  const [path] = useLocation();
  const drivers = useOptions().data?.drivers ?? [];
  const shown = drivers.some(onCluster) || path === CLUSTERS[0] ? [...TABS, CLUSTERS] : TABS;
  return (
    <>
      <InBar place="actions">
        <AllParts />
      </InBar>
      <nav className={ui.tabs} aria-label={texts.operators}>
        {shown.map(([href, name]) => (
          <Link key={href} href={href} aria-current={path.startsWith(href) ? "page" : undefined}>
            {name}
          </Link>
        ))}
      </nav>
    </>
  );
}

function AllParts() {
  const { reached, down, known } = useReadiness();
  if (!known || !reached || down.length) return null;
  return (
    <div className={`${frame.badge} ${frame.live}`} role="status">
      <span className={frame.dot} />
      {texts.allServicesUp}
    </div>
  );
}

export const OperatorsOnly = () => <Empty title={texts.operatorsOnly}>{texts.operatorsOnlyDetail}</Empty>;
