import type { ReactNode } from "react";
import { Suspense } from "react";
import { useLocation } from "wouter";
import { Panels } from "../search/Panels";
import { useStreamEvents } from "../stream";
import { useSearch } from "../tenant";
import { Loading } from "../ui/states";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { Bar } from "./Bar";
import { HealthBanner } from "./health";
import { LinkNotice } from "./LinkNotice";
import { Rail } from "./Rail";
import { SlotsProvider } from "./slots";
import styles from "./frame.module.css";

/** The bar, the rail and one view. */
export function Frame({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const alone = useAlone(path);
  useStreamEvents();
  return (
    <SlotsProvider>
      <div className={styles.frame} data-alone={alone || undefined}>
        {!alone && <Bar />}
        {!alone && <Rail />}
        <div className={styles.content}>
          <div>
            <HealthBanner />
            <LinkNotice />
          </div>
          <ErrorBoundary key={path.split("/").slice(0, 4).join("/")}>
            <Suspense fallback={<Loading />}>{children}</Suspense>
          </ErrorBoundary>
        </div>
        <Panels />
      </div>
    </SlotsProvider>
  );
}

/** A dashboard in kiosk mode has the screen for itself, and a report is only paper. */
const useAlone = (path: string) =>
  new URLSearchParams(useSearch()).get("kiosk") === "1"
    ? path.split("/")[3] === "dashboards"
    : /^\/t\/[^/]+\/(?:trends|dashboards\/[^/]+)\/report$/.test(path);
