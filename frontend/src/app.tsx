import type { ComponentType } from "react";
import { Suspense, useEffect } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Frame } from "./frame";
import { SignIn } from "./entry/SignIn";
import { useInstants, useParams } from "./moment";
import { useMe, useSite, useSites, useTenant } from "./tenant";
import { Empty, Failed, Loading } from "./ui/states";
import { NotFound } from "./ui/NotFound";
import { texts } from "./frame/texts";
import { lazy } from "./ui/lazy";

const home = () => import("./home");
const plant = () => import("./schematic");
const trends = () => import("./trends");
const VIEWS: Record<string, () => Promise<unknown>> = { home, plant, trends };

/** Loads the code of the page at a path; what fails is loaded again when the page is shown. */
const preload = (path: string): void => void VIEWS[path.split("/")[3] ?? "home"]?.().catch(() => undefined);

const Home = lazy(home);
const Trends = lazy(trends);
const Analysis = lazy(() => import("./analysis"));
const Dashboards = lazy(() => import("./dashboards"));
const DashboardReport = lazy(() => import("./dashboards/Report"));
const TrendReport = lazy(() => import("./trends/print/Report"));
const Alarms = lazy(() => import("./alarms"));
const Work = lazy(() => import("./work"));
const Data = lazy(() => import("./data"));
const Members = lazy(() => import("./people/Members"));
const Audit = lazy(() => import("./people/Audit"));
const Account = lazy(() => import("./people/Account"));
const Tenants = lazy(() => import("./operators"));
const Onboarding = lazy(() => import("./operators/onboarding"));
const Clusters = lazy(() => import("./operators/clusters"));
const Releases = lazy(() => import("./operators/releases"));
const ChooseTenant = lazy(() => import("./entry/ChooseTenant").then((m) => ({ default: m.ChooseTenant })));
const Invite = lazy(() => import("./entry/Invite"));
const Reset = lazy(() => import("./entry/Reset"));
const Plant = lazy(plant);
const DrawingEditor = lazy(() => import("./schematic/editor"));
const Symbols = lazy(() => import("./schematic/gallery/Gallery"));

export function App() {
  return (
    <Switch>
      <Route path="/sign-in">{() => <SignIn preload={preload} />}</Route>
      <Route path="/invite/:token">{(params) => <PublicPage page={Invite} token={params.token} />}</Route>
      <Route path="/password-reset">{() => <PublicPage page={Reset} token={null} />}</Route>
      <Route path="/password-reset/:token">{(params) => <PublicPage page={Reset} token={params.token} />}</Route>
      <Route>
        <SignedIn />
      </Route>
    </Switch>
  );
}

/** A page for people who are not signed in. */
function PublicPage<T extends { token: string | null }>({ page: Page, ...rest }: { page: ComponentType<T> } & T) {
  return (
    <Suspense fallback={<Loading />}>
      <Page {...(rest as unknown as T)} />
    </Suspense>
  );
}

function SignedIn() {
  const me = useMe();
  if (me.isPending) return <Loading />;
  if (me.isError) return <Failed error={me.error} retry={() => void me.refetch()} />;
  return (
    <Frame>
      <Switch>
        <Route path="/" component={Start} />
        <Route path="/tenants" component={ChooseTenant} />
        <Route path="/account" component={Account} />
        <Route path="/operators" component={() => <Redirect to="/operators/tenants" replace />} />
        <Route path="/operators/tenants/new/:slug?" component={Onboarding} />
        <Route path="/operators/tenants/:slug?" component={Tenants} />
        <Route path="/operators/clusters" component={Clusters} />
        <Route path="/operators/releases/:rollout?" component={Releases} />
        <Route path="/t/:slug/*?" component={InTenant} />
        <Route component={NotFound} />
      </Switch>
    </Frame>
  );
}

/** The plant page for most people; a choice for members of several tenants. */
function Start() {
  const me = useMe().data!;
  if (me.tenants.length === 1) return <Redirect to={`/t/${me.tenants[0]!.slug}/home`} replace />;
  if (me.tenants.length === 0 && me.operator) return <Redirect to="/operators/tenants" replace />;
  return <Redirect to="/tenants" replace />;
}

/** With several sites the address names one, so that a site added later does not change what a link shows. */
function useNamedSite() {
  const sites = useSites().data;
  const site = useSite();
  const [params, change] = useParams();
  const named = params.has("site");
  useEffect(() => {
    if (site && sites && sites.length > 1 && !named) change({ site: site.slug }, { replace: true });
  }, [site, sites, named, change]);
}

function InTenant() {
  const tenant = useTenant();
  useNamedSite();
  const timesAreInstants = useInstants();
  const [path] = useLocation();
  if (!tenant) {
    return (
      <Empty title={texts.tenantNotFound} action={<a href="/tenants">{texts.switchTenant}</a>}>
        {texts.tenantNotFoundDetail}
      </Empty>
    );
  }
  if (!timesAreInstants) return <Loading />;
  const base = `/t/${tenant.slug}`;
  return (
    <Switch key={tenant.slug} location={path}>
      <Route path={base} component={() => <Redirect to={`${base}/home`} replace />} />
      <Route path={`${base}/home`} component={Home} />
      <Route path={`${base}/plant/symbols`} component={Symbols} />
      <Route path={`${base}/plant/:schematic/edit`} component={DrawingEditor} />
      <Route path={`${base}/plant/:schematic?`} component={Plant} />
      <Route path={`${base}/trends`} component={Trends} />
      <Route path={`${base}/dashboards/:dashboard/report`} component={DashboardReport} />
      <Route path={`${base}/trends/report`} component={TrendReport} />
      <Route path={`${base}/dashboards/:dashboard?`} component={Dashboards} />
      <Route path={`${base}/trends/:part`} component={Analysis} />
      <Route path={`${base}/alarms/:part?`} component={Alarms} />
      <Route path={`${base}/work/:part?`} component={Work} />
      <Route path={`${base}/data/:part?`} component={Data} />
      <Route path={`${base}/members`} component={Members} />
      <Route path={`${base}/audit`} component={Audit} />
      <Route component={NotFound} />
    </Switch>
  );
}
