import { Modal, TextInput, useMantineColorScheme } from "@mantine/core";
import type { ComponentType, KeyboardEvent } from "react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useSiteCatalog } from "../catalog";
import { matches, wordsOf } from "../catalog/tree";
import { displayUnit } from "../format";
import { setMoment, useNavigateWith, useZone } from "../moment";
import { readSlots, toggleSlot, writeSlots } from "../series/slots";
import { signOut, useMe, useSite, useSites, useTenant } from "../tenant";
import { DataIcon, HomeIcon, PeopleIcon, PlantIcon, RightIcon, TenantsIcon, TrendsIcon } from "../ui/icons";
import { openKeys } from "./open";
import styles from "./search.module.css";

interface Hit {
  key: string;
  kind: string;
  icon: ComponentType<{ size?: number }>;
  label: string;
  note: string;
  words: string;
  act: () => void;
}

const MAX_HITS = 60;

/** Tags, assets, views and commands in one list: type, arrows, Enter. */
export default function Search({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const hits = useHits();
  const found = useMemo(() => {
    const words = wordsOf(text);
    const fitting = hits.filter((hit) => matches(words, hit.label, hit.note, hit.words));
    const first = words[0];
    // What begins with the typed letters is what was meant.
    if (first)
      fitting.sort(
        (a, b) => Number(b.label.toLowerCase().startsWith(first)) - Number(a.label.toLowerCase().startsWith(first)),
      );
    return fitting.slice(0, MAX_HITS);
  }, [hits, text]);
  useEffect(() => setAt(0), [text]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    close();
    hit.act();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((old) => Math.max(0, Math.min(found.length - 1, old + step)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[at]);
    }
  };
  return (
    <Modal opened onClose={close} withCloseButton={false} size={640} yOffset="12vh" centered={false} padding={12}>
      <TextInput
        data-autofocus
        aria-label="Search tags, assets, views, commands"
        placeholder="Search tags, assets, views, commands…"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
        role="combobox"
        aria-expanded
        aria-controls="hits"
        aria-activedescendant={found[at] ? `hit-${found[at].key}` : undefined}
      />
      <div className={styles.list} ref={list} role="listbox" id="hits">
        {found.map((hit, index) => {
          const Icon = hit.icon;
          return (
            <button
              key={hit.key}
              id={`hit-${hit.key}`}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={styles.hit}
              onPointerMove={() => setAt(index)}
              onClick={() => go(hit)}
            >
              <Icon size={16} />
              <b>{hit.label}</b>
              <span>{hit.note}</span>
              <span>{hit.kind}</span>
            </button>
          );
        })}
        {found.length === 0 && <p className={styles.none}>No results for “{text}”.</p>}
      </div>
    </Modal>
  );
}

function useHits(): Hit[] {
  const tenant = useTenant();
  const me = useMe().data;
  const sites = useSites().data;
  const site = useSite();
  const { catalog } = useSiteCatalog(site?.id);
  const navigate = useNavigateWith();
  const [path, go] = useLocation();
  const zone = useZone();
  const { setColorScheme } = useMantineColorScheme();
  return useMemo(() => {
    const base = `/t/${tenant?.slug}`;
    const hits: Hit[] = [];
    const add = (kind: string, icon: Hit["icon"], label: string, note: string, act: () => void, words = "") =>
      hits.push({ key: `${kind}-${hits.length}`, kind, icon, label, note, words, act });
    const view = (name: string, page: string, icon: Hit["icon"]) =>
      add("view", icon, name, "", () => navigate(`${base}/${page}`));
    view("Home", "home", HomeIcon);
    view("Plant", "plant", PlantIcon);
    view("Trends", "trends", TrendsIcon);
    view("Data", "data", DataIcon);
    view("People", "members", PeopleIcon);
    view("Audit trail", "audit", PeopleIcon);
    if (me?.operator) add("view", TenantsIcon, "Tenants", "", () => go("/operators/tenants"));
    if (me?.operator) add("view", TenantsIcon, "Releases", "", () => go("/operators/releases"));
    for (const each of sites ?? []) {
      if (each.id !== site?.id) {
        const page = path.split("/").slice(0, 4).join("/");
        add("site", PlantIcon, each.name, "", () => navigate(page, { site: each.slug }));
      }
    }
    const onTrends = path === `${base}/trends`;
    for (const sensor of catalog?.sensors ?? []) {
      const asset = sensor.asset ? catalog?.assetById.get(sensor.asset) : undefined;
      const note = [sensor.name, asset && `${asset.tag}`, displayUnit(sensor.unit)].filter(Boolean).join(" · ");
      const open = () => {
        if (!onTrends) return navigate(`${base}/trends`, { sensors: sensor.id });
        // On trends a found tag joins those that are there.
        const params = new URLSearchParams(location.search);
        const slots = readSlots(params.get("sensors"));
        const next = slots.includes(sensor.id) ? slots : (toggleSlot(slots, sensor.id) ?? [sensor.id]);
        params.set("sensors", writeSlots(next) ?? "");
        go(`${path}?${params.toString().replaceAll("%2C", ",")}`);
      };
      add("sensor", TrendsIcon, sensor.tag, note, open, asset?.name);
    }
    for (const asset of catalog?.assets ?? []) {
      add("asset", PlantIcon, asset.tag, asset.name, () => navigate(`${base}/plant`, { asset: asset.tag }), asset.type);
    }
    add("command", RightIcon, "Back to live", "", () => setMoment(null));
    add("command", RightIcon, "Light theme", "", () => setColorScheme("light"), "theme");
    add("command", RightIcon, "Dark theme", "", () => setColorScheme("dark"), "theme");
    add("command", RightIcon, "System theme", "", () => setColorScheme("auto"), "theme");
    add("command", RightIcon, "Show times in plant time", "", () => zone.set("plant"), "zone clock");
    add("command", RightIcon, "Show times in local time", "", () => zone.set("mine"), "zone clock");
    add("command", RightIcon, "Show times in UTC", "", () => zone.set("utc"), "zone clock");
    add("command", RightIcon, "Keyboard shortcuts", "", openKeys, "keys help");
    add("command", RightIcon, "Account and API tokens", "", () => go("/account"));
    add("command", RightIcon, "Sign out", "", () => void signOut());
    return hits;
  }, [tenant, me, sites, site, catalog, navigate, path, go, zone, setColorScheme]);
}
