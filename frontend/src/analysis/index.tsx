import { useParams } from "wouter";
import type { Site } from "../api/types";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { useSite, useSites } from "../tenant";
import { NotFound } from "../ui/NotFound";
import { Empty, Failed, Loading } from "../ui/states";
import { AnalysisPage, PARTS } from "./AnalysisPage";
import type { Part } from "./AnalysisPage";
import { CalculatedPart } from "./calculated/CalculatedPart";
import { Runs } from "./runs/Runs";
import { texts } from "./texts";
import { Totals } from "./totals/Totals";

function PartOf({ part, site, catalog }: { part: Part; site: Site; catalog: SiteCatalog }) {
  if (part === "totals") return <Totals catalog={catalog} />;
  if (part === "runs") return <Runs site={site} catalog={catalog} />;
  return <CalculatedPart site={site} catalog={catalog} />;
}

/** What is computed from samples when somebody asks. */
export default function Analysis() {
  const part = useParams<{ part: string }>().part as Part;
  const sites = useSites();
  const site = useSite();
  const { catalog, error, refetch } = useSiteCatalog(site?.id);
  if (!Object.hasOwn(PARTS, part)) return <NotFound />;
  const failure = sites.error ?? error;
  return (
    <AnalysisPage part={part}>
      {failure ? (
        <Failed error={failure} retry={() => void refetch()} what={texts.sensorsUnavailable} />
      ) : sites.data?.length === 0 ? (
        <Empty title={texts.noSites} />
      ) : catalog && site ? (
        <PartOf key={site.id} part={part} site={site} catalog={catalog} />
      ) : (
        <Loading />
      )}
    </AnalysisPage>
  );
}
