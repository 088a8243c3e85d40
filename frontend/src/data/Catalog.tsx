import type { ReactNode } from "react";
import { Link } from "wouter";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { matches } from "../catalog/tree";
import { formatCount } from "../format";
import { hrefWith } from "../moment";
import { useSite, useSites, useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Card } from "../ui/Card";
import { Empty, Failed, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import { LongTable } from "./LongTable";
import { SensorTable } from "./SensorTable";
import styles from "./data.module.css";
import { texts } from "./texts";
import { useFilter } from "./useFilter";

function OfSite({ what, children }: { what: string; children: (catalog: SiteCatalog) => ReactNode }) {
  const sites = useSites();
  const site = useSite();
  const { catalog, ...state } = useSiteCatalog(site?.id);
  if (state.isError) return <Failed error={state.error} retry={() => void state.refetch()} />;
  if (sites.data?.length === 0) return <Empty title={texts.noSites}>{texts.needSite(what)}</Empty>;
  return catalog ? children(catalog) : <Loading />;
}

export const Sensors = () => <OfSite what={texts.sensors}>{(catalog) => <SensorTable catalog={catalog} />}</OfSite>;

export const Assets = () => <OfSite what={texts.assets}>{(catalog) => <AssetTable catalog={catalog} />}</OfSite>;

function AssetTable({ catalog }: { catalog: SiteCatalog }) {
  const { words, field } = useFilter();
  const area = new Map(catalog.areas.map((each) => [each.id, each.name]));
  const rows = catalog.assets.filter((asset) =>
    matches(words, asset.tag, asset.name, asset.type, area.get(asset.area ?? "")),
  );
  const named = (ids: string[]) => ids.map((id) => catalog.assetById.get(id)?.tag ?? id).join(", ") || "–";
  if (catalog.assets.length === 0) {
    return (
      <Empty title={texts.noAssets}>
        {texts.addInBulk} <code>POST /api/v1/assets/bulk</code>.
      </Empty>
    );
  }
  return (
    <>
      <div className={styles.filters}>
        {field(texts.filterAssets)}
        <span className={ui.quiet}>{texts.assetCount(formatCount(rows.length))}</span>
      </div>
      <Card flush>
        <LongTable
          rows={rows}
          keyOf={(asset) => asset.id}
          columns={[
            {
              name: texts.tag,
              width: "minmax(80px, .8fr)",
              cell: (asset) => <b className={styles.strong}>{asset.tag}</b>,
            },
            { name: texts.name, width: "minmax(140px, 1.6fr)", cell: (asset) => asset.name },
            { name: texts.type, width: "minmax(90px, 1fr)", cell: (asset) => asset.type.replaceAll("_", " ") },
            { name: texts.area, width: "minmax(90px, 1fr)", cell: (asset) => area.get(asset.area ?? "") ?? "–" },
            {
              name: texts.fedBy,
              width: "minmax(90px, 1.2fr)",
              cell: (asset) =>
                named(catalog.connections.filter((each) => each.target === asset.id).map((each) => each.source)),
            },
            {
              name: texts.feeds,
              width: "minmax(90px, 1.2fr)",
              cell: (asset) =>
                named(catalog.connections.filter((each) => each.source === asset.id).map((each) => each.target)),
            },
            {
              name: texts.sensors,
              width: "72px",
              number: true,
              cell: (asset) => catalog.sensorsOf.get(asset.id)?.length ?? 0,
            },
          ]}
        />
      </Card>
    </>
  );
}

export function Sites() {
  const sites = useSites();
  const tenant = useTenant();
  if (sites.isError) return <Failed error={sites.error} retry={() => void sites.refetch()} />;
  if (!sites.data) return <Loading />;
  if (sites.data.length === 0) {
    return (
      <Empty title={texts.noSites}>
        {texts.addSites} <code>POST /api/v1/sites</code> {texts.addSitesFields}
      </Empty>
    );
  }
  return (
    <Card flush>
      <DataTable
        rows={sites.data}
        keyOf={(site) => site.id}
        columns={[
          {
            head: texts.site,
            cell: (site) => (
              <Link className={styles.tag} href={hrefWith(`/t/${tenant?.slug}/home`, { site: site.slug })}>
                {site.name}
              </Link>
            ),
          },
          { head: texts.slug, cell: (site) => site.slug },
          { head: texts.timeZone, cell: (site) => site.timezone },
        ]}
      />
    </Card>
  );
}
