import { Link, useLocation } from "wouter";
import { InBar } from "../frame";
import { useReadiness } from "../frame/health";
import frame from "../frame/frame.module.css";
import { Empty } from "../ui/states";
import ui from "../ui/ui.module.css";
import { useOptions } from "./api";

const TABS = [
  ["/operators/tenants", "Tenants"],
  ["/operators/releases", "Releases"],
] as const;
const CLUSTERS = ["/operators/clusters", "Clusters"] as const;

export function OperatorTabs() {
  const [path] = useLocation();
  const drivers = useOptions().data?.drivers ?? [];
  const shown = drivers.some((each) => each !== "local") || path === CLUSTERS[0] ? [...TABS, CLUSTERS] : TABS;
  return (
    <>
      <InBar place="actions">
        <AllParts />
      </InBar>
      <nav className={ui.tabs} aria-label="Operators">
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
      All parts up
    </div>
  );
}

export const OperatorsOnly = () => (
  <Empty title="For operators only">Tenants are made and removed by the platform's staff.</Empty>
);
