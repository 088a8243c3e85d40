import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { Calculated, Site } from "../../api/types";
import type { SiteCatalog } from "../../catalog";
import { useCalculated } from "../../catalog/calculated";
import { matches, wordsOf } from "../../catalog/tree";
import { displayUnit } from "../../format";
import { hrefWith, useParam } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import { Empty, Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "../analysis.module.css";
import { texts } from "../texts";
import { SeriesForm } from "./SeriesForm";

/** The site's calculated series; `series=` opens one, `new` another. */
export function CalculatedPart({ site, catalog }: { site: Site; catalog: SiteCatalog }) {
  const tenant = useTenant();
  const { data, error, refetch } = useCalculated(site.id);
  const [named, open] = useParam("series");
  const [filter, setFilter] = useState("");
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  if (error && !data) return <Failed error={error} retry={() => void refetch()} what={texts.seriesUnavailable} />;
  if (!data) return <Loading />;
  const chosen = data.find((series) => series.id === named) ?? null;
  const rows = data.filter((each) => matches(wordsOf(filter), each.name, each.description, each.expression, each.unit));
  const form = (chosen !== null || (named === "new" && mayEdit)) && (
    <SeriesForm
      key={chosen ? `${chosen.id} ${chosen.revision}` : "new"}
      site={site}
      catalog={catalog}
      series={chosen}
      close={() => open(null)}
    />
  );
  return (
    <>
      <div className={styles.bar}>
        <input
          className={styles.search}
          type="search"
          aria-label={texts.filterSeries}
          placeholder={texts.filterSeries}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        {mayEdit && <Button onClick={() => open("new")}>{texts.newSeries}</Button>}
      </div>
      {form}
      {data.length === 0 ? (
        <Empty title={texts.noSeries}>{texts.noSeriesDetail}</Empty>
      ) : (
        <SeriesTable rows={rows} chosen={chosen} open={open} />
      )}
    </>
  );
}

interface TableProps {
  rows: Calculated[];
  chosen: Calculated | null;
  open: (id: string) => void;
}

function SeriesTable({ rows, chosen, open }: TableProps) {
  const tenant = useTenant();
  return (
    <Card flush>
      <DataTable
        rows={rows}
        keyOf={(series) => series.id}
        label={texts.calculated}
        testId="calculated-table"
        onOpen={(series) => open(series.id)}
        isSelected={(series) => series.id === chosen?.id}
        columns={[
          {
            head: texts.name,
            cell: (series) => (
              <button type="button" className={ui.link} onClick={() => open(series.id)}>
                {series.name}
              </button>
            ),
          },
          { head: texts.expression, cell: (series) => <code className={styles.expression}>{series.expression}</code> },
          { head: texts.unit, cell: (series) => displayUnit(series.unit) || "–" },
          { head: texts.description, cell: (series) => series.description },
          {
            cell: (series) => (
              <Link
                href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors: series.id })}
                onClick={(event) => event.stopPropagation()}
              >
                {texts.openInTrends}
              </Link>
            ),
          },
        ]}
      />
      {rows.length === 0 && <p className={styles.none}>{texts.noSeriesMatch}</p>}
    </Card>
  );
}
