import { Suspense } from "react";
import type { ComponentType } from "react";
import { Link, useLocation } from "wouter";
import { useHref } from "../moment";
import { useMe, useRecentTenant, useSite } from "../tenant";
import {
  AlarmsIcon,
  DashboardsIcon,
  DataIcon,
  HomeIcon,
  PeopleIcon,
  PlantIcon,
  TenantsIcon,
  TrendsIcon,
  WorkIcon,
} from "../ui/icons";
import styles from "./frame.module.css";
import { texts } from "./texts";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { lazy } from "../ui/lazy";

// Not of the first page.
const AlarmBadge = lazy(() => import("./AlarmBadge"));

interface Place {
  path: string;
  name: string;
  icon: ComponentType;
}

const PLACES: Place[] = [
  { path: "home", name: texts.home, icon: HomeIcon },
  { path: "plant", name: texts.plant, icon: PlantIcon },
  { path: "trends", name: texts.trends, icon: TrendsIcon },
  { path: "alarms", name: texts.alarms, icon: AlarmsIcon },
  { path: "work", name: texts.work, icon: WorkIcon },
  { path: "dashboards", name: texts.boards, icon: DashboardsIcon },
  { path: "data", name: texts.data, icon: DataIcon },
  { path: "members", name: texts.people, icon: PeopleIcon },
];

export function Rail() {
  const [path] = useLocation();
  const tenant = useRecentTenant();
  const me = useMe().data;
  const hrefWith = useHref();
  const site = useSite();
  const places: Place[] = tenant ? PLACES.map((place) => ({ ...place, path: `/t/${tenant.slug}/${place.path}` })) : [];
  if (me?.operator) places.push({ path: "/operators/tenants", name: texts.tenants, icon: TenantsIcon });
  return (
    <nav className={styles.rail} aria-label={texts.main}>
      {places.map(({ path: href, name, icon: PlaceIcon }) => (
        <Link
          key={href}
          href={href.startsWith("/t/") ? hrefWith(href) : href}
          className={styles.navItem}
          aria-current={path.startsWith(href.replace("/operators/tenants", "/operators")) ? "page" : undefined}
        >
          <PlaceIcon />
          {name}
          {href.endsWith("/alarms") && site && (
            <ErrorBoundary instead={null}>
              <Suspense fallback={null}>
                <AlarmBadge site={site.id} />
              </Suspense>
            </ErrorBoundary>
          )}
        </Link>
      ))}
    </nav>
  );
}
