import { Link, useParams } from "wouter";
import { View } from "../frame";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import ui from "../ui/ui.module.css";
import { Corrections } from "../corrections/Corrections";
import { Assets, Sensors, Sites } from "./Catalog";
import { Imports } from "./imports/Imports";
import { Live } from "./Live";
import { Storage } from "./storage";
import { NotFound } from "../ui/NotFound";
import { texts } from "./texts";

const PARTS = {
  "": { name: texts.imports, page: Imports },
  corrections: { name: texts.corrections, page: Corrections },
  live: { name: texts.live, page: Live },
  sensors: { name: texts.sensors, page: Sensors },
  assets: { name: texts.assets, page: Assets },
  sites: { name: texts.sites, page: Sites },
  storage: { name: texts.storage, page: Storage },
};

/** Live data, imports, and the catalog. */
export default function Data() {
  const { part = "" } = useParams<{ part?: string }>();
  const tenant = useTenant();
  const shown = PARTS[part as keyof typeof PARTS];
  if (!shown) return <NotFound />;
  const Page = shown.page;
  return (
    <View title={texts.dataPage(shown.name)}>
      <div className={ui.page} style={{ minHeight: "100%" }}>
        <nav className={ui.tabs} aria-label={texts.data}>
          {Object.entries(PARTS).map(([path, { name }]) => (
            <Link
              key={path}
              href={hrefWith(`/t/${tenant?.slug}/data${path && `/${path}`}`)}
              aria-current={path === part ? "page" : undefined}
            >
              {name}
            </Link>
          ))}
        </nav>
        <Page />
      </div>
    </View>
  );
}
