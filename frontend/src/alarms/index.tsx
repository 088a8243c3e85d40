import { useParams } from "wouter";
import { NotFound } from "../ui/NotFound";
import { ActivePage } from "./list/ActivePage";
import { ShelvedPage } from "./list/ShelvedPage";
import { lazy } from "../ui/lazy";

const PAGES: Record<string, React.ComponentType> = {
  "": ActivePage,
  shelved: ShelvedPage,
  journal: lazy(() => import("./journal/JournalPage").then((m) => ({ default: m.JournalPage }))),
  rules: lazy(() => import("./rules/RulesPage").then((m) => ({ default: m.RulesPage }))),
  notifications: lazy(() =>
    import("./notifications/NotificationsPage").then((m) => ({ default: m.NotificationsPage })),
  ),
  performance: lazy(() => import("./performance/PerformancePage").then((m) => ({ default: m.PerformancePage }))),
};

/** Active and shelved alarms, the journal, rules, who is told, and how well the alarms work. */
export default function Alarms() {
  const part = useParams<{ part?: string }>().part ?? "";
  const Page = Object.hasOwn(PAGES, part) ? PAGES[part] : undefined;
  return Page ? <Page /> : <NotFound />;
}
