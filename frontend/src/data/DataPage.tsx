import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { View } from "../frame";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import ui from "../ui/ui.module.css";
import { texts } from "./texts";

/** The parts of this page by their place in its address. */
export const PARTS = {
  "": texts.flow,
  imports: texts.imports,
  corrections: texts.corrections,
  mapping: texts.mapping,
  unmapped: texts.unmapped,
  "dead-letters": texts.deadLetters,
  events: texts.events,
  devices: texts.devices,
  live: texts.live,
  sensors: texts.sensors,
  assets: texts.assets,
  sites: texts.sites,
  storage: texts.storage,
};

export type Part = keyof typeof PARTS;

/** Dead letters hold what was sent, so they are for engineers. */
const ENGINEERS_ONLY: Part[] = ["dead-letters"];

interface Props {
  part: Part;
  inspector?: ReactNode;
  children: ReactNode;
}

/** One part, below the tabs of all. */
export function DataPage({ part, inspector, children }: Props) {
  const tenant = useTenant();
  const tabs = (Object.entries(PARTS) as [Part, string][]).filter(
    ([path]) => tenant?.role !== "viewer" || !ENGINEERS_ONLY.includes(path),
  );
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const tab = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (tab) nav.current!.scrollLeft = tab.offsetLeft - nav.current!.offsetLeft - 40;
  }, [part]);
  return (
    <View title={texts.dataPage(PARTS[part])} inspector={inspector}>
      <div className={ui.page} style={{ minHeight: "100%" }}>
        <nav className={ui.tabs} aria-label={texts.data} ref={nav}>
          {tabs.map(([path, name]) => (
            <Link
              key={path}
              href={hrefWith(`/t/${tenant?.slug}/data${path && `/${path}`}`)}
              aria-current={path === part ? "page" : undefined}
            >
              {name}
            </Link>
          ))}
        </nav>
        {children}
      </div>
    </View>
  );
}
