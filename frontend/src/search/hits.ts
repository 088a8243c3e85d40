import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { all, get } from "../api/client";
import type { components } from "../api/schema";
import { useSiteCatalog } from "../catalog";
import { useWithCalculated } from "../catalog/calculated";
import { displayUnit } from "../format";
import { setMoment, useMoment, useNavigateWith, useParams, useZone } from "../moment";
import { withSensor } from "../series/slots";
import { viewParams } from "../series/viewAddress";
import { signOut, useMe, useSite, useSites, useTenant } from "../tenant";
import {
  AlarmsIcon,
  DashboardsIcon,
  DataIcon,
  HomeIcon,
  PeopleIcon,
  PlantIcon,
  RightIcon,
  TenantsIcon,
  TrendsIcon,
  WorkIcon,
} from "../ui/icons";
import { openKeys } from "./open";
import { texts } from "./texts";

export interface Hit {
  key: string;
  kind: keyof typeof texts.kinds;
  icon: ComponentType<{ size?: number }>;
  label: string;
  note: string;
  words: string;
  act: () => void;
}

const NOTHING: never[] = [];

/** Dashboards and saved views. */
function useKept(tenant: string | undefined) {
  const options = { enabled: tenant !== undefined, staleTime: 30_000, retry: false } as const;
  const dashboards = useQuery({
    queryKey: [tenant, "dashboards", "list"],
    queryFn: ({ signal }) => all("/api/v1/dashboards", {}, signal),
    ...options,
  });
  const views = useQuery({
    queryKey: [tenant, "saved views", undefined],
    queryFn: ({ signal }) => all("/api/v1/saved-views", {}, signal),
    ...options,
  });
  return { dashboards: dashboards.data ?? NOTHING, views: views.data ?? NOTHING };
}

const MIN_CHARS = 2;
const MAX_CASES = 8;
const TYPING_MS = 200;

/** Cases in which the server finds the words, open ones first. */
export function useCaseHits(text: string): Hit[] {
  const tenant = useTenant()?.slug;
  const { at } = useMoment();
  const [words] = useDebouncedValue(text.trim(), TYPING_MS);
  const navigate = useNavigateWith();
  const { data } = useQuery({
    queryKey: [tenant, "cases", "search", words, at],
    queryFn: ({ signal }) =>
      get<components["schemas"]["CaseList"]>("/api/v1/cases", { q: words, at, limit: MAX_CASES }, signal),
    enabled: tenant !== undefined && words.length >= MIN_CHARS,
    staleTime: 10_000,
    retry: false,
  });
  return (words.length >= MIN_CHARS ? (data?.results ?? NOTHING) : NOTHING).map((each) => ({
    key: `case-${each.id}`,
    kind: "case",
    icon: WorkIcon,
    label: `#${each.number} ${each.title}`,
    note: [each.asset?.tag ?? each.device?.name, texts.caseStates[each.state]].filter(Boolean).join(" · "),
    words: "",
    act: () => navigate(`/t/${tenant}/work`, { case: each.id, show: "all" }),
  }));
}

/** Everything that can be found: views, sites, sensors, assets and commands. */
export function useHits(): Hit[] {
  const tenant = useTenant();
  const me = useMe().data;
  const sites = useSites().data;
  const site = useSite();
  const catalog = useWithCalculated(useSiteCatalog(site?.id).catalog, site?.id);
  const navigate = useNavigateWith();
  const [, change] = useParams();
  const [path, go] = useLocation();
  const zone = useZone();
  const { setColorScheme } = useMantineColorScheme();
  const { dashboards, views } = useKept(tenant?.slug);
  return useMemo(() => {
    const base = `/t/${tenant?.slug}`;
    const hits: Hit[] = [];
    const add = (kind: Hit["kind"], icon: Hit["icon"], label: string, note: string, act: () => void, words = "") =>
      hits.push({ key: `${kind}-${hits.length}`, kind, icon, label, note, words, act });
    const view = (name: string, page: string, icon: Hit["icon"]) =>
      add("view", icon, name, "", () => navigate(`${base}/${page}`));
    view(texts.home, "home", HomeIcon);
    view(texts.plant, "plant", PlantIcon);
    view(texts.trends, "trends", TrendsIcon);
    view(texts.totals, "trends/totals", TrendsIcon);
    view(texts.calculated, "trends/calculated", TrendsIcon);
    view(texts.runs, "trends/runs", TrendsIcon);
    view(texts.dashboards, "dashboards", DashboardsIcon);
    view(texts.alarms, "alarms", AlarmsIcon);
    view(texts.alarmJournal, "alarms/journal", AlarmsIcon);
    view(texts.alarmRules, "alarms/rules", AlarmsIcon);
    view(texts.cases, "work", WorkIcon);
    view(texts.maintenance, "work/maintenance", WorkIcon);
    view(texts.campaigns, "work/campaigns", WorkIcon);
    view(texts.reliability, "work/reliability", WorkIcon);
    view(texts.data, "data", DataIcon);
    view(texts.people, "members", PeopleIcon);
    view(texts.auditTrail, "audit", PeopleIcon);
    if (me?.operator) add("view", TenantsIcon, texts.tenants, "", () => go("/operators/tenants"));
    if (me?.operator) add("view", TenantsIcon, texts.releases, "", () => go("/operators/releases"));
    for (const each of sites ?? []) {
      if (each.id !== site?.id) {
        const page = path.split("/").slice(0, 4).join("/");
        add("site", PlantIcon, each.name, "", () => navigate(page, { site: each.slug }));
      }
    }
    for (const each of dashboards) {
      add("dashboard", DashboardsIcon, each.name, "", () => navigate(`${base}/dashboards/${each.id}`));
    }
    for (const each of views) {
      const named = sites?.find(({ id }) => id === each.site);
      const open = () => navigate(`${base}/trends`, { ...viewParams(each), site: named?.slug });
      add("saved", TrendsIcon, each.name, named?.name ?? "", open);
    }
    const onTrends = path === `${base}/trends`;
    for (const sensor of catalog?.sensors ?? []) {
      const asset = sensor.asset ? catalog?.assetById.get(sensor.asset) : undefined;
      const note = [sensor.name, asset && `${asset.tag}`, displayUnit(sensor.unit)].filter(Boolean).join(" · ");
      const open = () => {
        if (!onTrends) return navigate(`${base}/trends`, { sensors: sensor.id });
        // On the trends page a sensor is added to those already shown.
        change(
          withSensor(new URLSearchParams(location.search), sensor.id, (name) => catalog?.sensorByTag.get(name)?.id),
        );
      };
      add("sensor", TrendsIcon, sensor.tag, note, open, asset?.name);
    }
    for (const asset of catalog?.assets ?? []) {
      add("asset", PlantIcon, asset.tag, asset.name, () => navigate(`${base}/plant`, { asset: asset.tag }), asset.type);
    }
    add("command", RightIcon, texts.backToLive, "", () => setMoment(null));
    add("command", RightIcon, texts.lightTheme, "", () => setColorScheme("light"), "theme");
    add("command", RightIcon, texts.darkTheme, "", () => setColorScheme("dark"), "theme");
    add("command", RightIcon, texts.systemTheme, "", () => setColorScheme("auto"), "theme");
    add("command", RightIcon, texts.timesPlant, "", () => zone.set("plant"), "zone clock");
    add("command", RightIcon, texts.timesLocal, "", () => zone.set("mine"), "zone clock");
    add("command", RightIcon, texts.timesUtc, "", () => zone.set("utc"), "zone clock");
    add("command", RightIcon, texts.keyboardShortcuts, "", openKeys, "keys help");
    add("command", RightIcon, texts.account, "", () => go("/account"));
    add("command", RightIcon, texts.signOut, "", () => void signOut());
    return hits;
  }, [tenant, me, sites, site, catalog, dashboards, views, navigate, change, path, go, zone, setColorScheme]);
}
