import { Link } from "wouter";
import { useParams } from "../../moment";
import { BrowserPush, useBrowsers } from "../../notifications";
import { useMe, useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import { Empty } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { AlarmsPage } from "../AlarmsPage";
import { SinksPanel } from "../sinks/SinksPanel";
import { ChannelsPanel } from "./ChannelsPanel";
import { DeliveriesPanel } from "./DeliveriesPanel";
import styles from "./notifications.module.css";
import { RoutesPanel } from "./RoutesPanel";
import { ShiftsPanel } from "./ShiftsPanel";
import { texts } from "./texts";

const VIEWS = {
  routes: RoutesPanel,
  channels: ChannelsPanel,
  shifts: ShiftsPanel,
  deliveries: DeliveriesPanel,
  sinks: SinksPanel,
};
type ViewName = keyof typeof VIEWS;
/** What belongs to one of them. */
const CLEARED = { route: null, plan: null, state: null, channel: null, key: null };

/** Who is told of alarms: routes, the channels they use, who is on duty, what became of each message; and the brokers that get all. */
export function NotificationsPage() {
  const tenant = useTenant()!;
  const [params, change] = useParams();
  const named = params.get("view");
  const view: ViewName = named && Object.hasOwn(VIEWS, named) ? (named as ViewName) : "routes";
  const mayRead = tenant.role !== "viewer";
  const Panel = VIEWS[view];
  const tools = mayRead && (
    <Segments
      label={texts.view}
      value={view}
      onChange={(value) => change({ ...CLEARED, view: value === "routes" ? null : value })}
      choices={(Object.keys(VIEWS) as ViewName[]).map((value) => ({ value, label: texts.views[value] }))}
    />
  );
  return (
    <AlarmsPage part="notifications" tools={tools}>
      {mayRead ? (
        <Panel mayEdit={tenant.role === "admin"} />
      ) : (
        <Empty title={texts.forEngineers}>{texts.forEngineersHint}</Empty>
      )}
      {(view === "routes" || !mayRead) && <Mine tenant={tenant.slug} />}
    </AlarmsPage>
  );
}

/** What reaches the person at the screen. */
function Mine({ tenant }: { tenant: string }) {
  const address = useMe().data?.user.email;
  const { own, others } = useBrowsers(tenant);
  const none = own || others.length > 0 ? texts.browsersOnly : texts.noMail;
  return (
    <Card title={texts.mine} aside={<Link href="/account">{texts.account}</Link>}>
      <div className={styles.mine}>
        <p className={ui.quiet}>{address ? texts.mail(address) : none}</p>
        <BrowserPush tenant={tenant} />
      </div>
    </Card>
  );
}
