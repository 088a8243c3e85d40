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

const PARTS = {
  "": { name: "Imports", page: Imports },
  corrections: { name: "Corrections", page: Corrections },
  live: { name: "Live", page: Live },
  sensors: { name: "Sensors", page: Sensors },
  assets: { name: "Assets", page: Assets },
  sites: { name: "Sites", page: Sites },
  storage: { name: "Storage", page: Storage },
};

/** What comes in, what was loaded, and what the plant is made of. */
export default function Data() {
  const { part = "" } = useParams<{ part?: string }>();
  const tenant = useTenant();
  const shown = PARTS[part as keyof typeof PARTS];
  if (!shown) return <NotFound />;
  const Page = shown.page;
  return (
    <View title={`Data · ${shown.name}`}>
      <div className={ui.page} style={{ minHeight: "100%" }}>
        <nav className={ui.tabs} aria-label="Data">
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
