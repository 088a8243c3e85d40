import type { ComponentType } from "react";
import { Link, useLocation } from "wouter";
import { hrefWith, useMoment, useZone } from "../moment";
import { useMe, useNearTenant, useSite } from "../tenant";
import { DataIcon, HomeIcon, PeopleIcon, PlantIcon, TenantsIcon, TrendsIcon } from "../ui/icons";
import styles from "./frame.module.css";

interface Place {
  path: string;
  name: string;
  icon: ComponentType;
}

const PLACES: Place[] = [
  { path: "home", name: "Home", icon: HomeIcon },
  { path: "plant", name: "Plant", icon: PlantIcon },
  { path: "trends", name: "Trends", icon: TrendsIcon },
  { path: "data", name: "Data", icon: DataIcon },
  { path: "members", name: "People", icon: PeopleIcon },
];

export function Rail() {
  const [path] = useLocation();
  const tenant = useNearTenant();
  const me = useMe().data;
  // Read so that the links follow the moment, site and zone of the address.
  useMoment();
  useSite();
  useZone();
  const places: Place[] = tenant ? PLACES.map((place) => ({ ...place, path: `/t/${tenant.slug}/${place.path}` })) : [];
  if (me?.operator) places.push({ path: "/operators/tenants", name: "Tenants", icon: TenantsIcon });
  return (
    <nav className={styles.rail} aria-label="Main">
      {places.map(({ path: href, name, icon: PlaceIcon }) => (
        <Link
          key={href}
          href={href.startsWith("/t/") ? hrefWith(href) : href}
          className={styles.place}
          aria-current={path.startsWith(href.replace("/operators/tenants", "/operators")) ? "page" : undefined}
        >
          <PlaceIcon />
          {name}
        </Link>
      ))}
    </nav>
  );
}
