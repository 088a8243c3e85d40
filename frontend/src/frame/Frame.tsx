import type { ReactNode } from "react";
import { Suspense } from "react";
import { useLocation } from "wouter";
import { Panels } from "../search/Panels";
import { useStreamEvents } from "../stream";
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
  useStreamEvents();
  return (
    <SlotsProvider>
      <div className={styles.frame}>
        <Bar />
        <Rail />
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
