import { useParams } from "wouter";
import { NotFound } from "../ui/NotFound";
import { CasesPage } from "./cases/CasesPage";
import { lazy } from "../ui/lazy";

const PAGES: Record<string, React.ComponentType> = {
  "": CasesPage,
  maintenance: lazy(() => import("./plans/PlansPage").then((m) => ({ default: m.PlansPage }))),
  campaigns: lazy(() => import("./campaigns/CampaignsPage").then((m) => ({ default: m.CampaignsPage }))),
  reliability: lazy(() => import("./reliability/ReliabilityPage").then((m) => ({ default: m.ReliabilityPage }))),
};

/** Cases, maintenance plans, campaigns, and how reliable the assets are. */
export default function Work() {
  const part = useParams<{ part?: string }>().part ?? "";
  const Page = Object.hasOwn(PAGES, part) ? PAGES[part] : undefined;
  return Page ? <Page /> : <NotFound />;
}
