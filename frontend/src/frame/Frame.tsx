import type { ReactNode } from "react";
import { Suspense } from "react";
import { useLocation } from "wouter";
import { Panels } from "../search/Panels";
import { Waiting } from "../ui/states";
import { Caught } from "../ui/Caught";
import { Bar } from "./Bar";
import { HealthBanner } from "./health";
import { Rail } from "./Rail";
import { SlotsProvider } from "./slots";
import styles from "./frame.module.css";

/** The bar, the rail and the place for one view. */
export function Frame({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  return (
    <SlotsProvider>
      <div className={styles.frame}>
        <Bar />
        <Rail />
        <div className={styles.content}>
          <HealthBanner />
          <Caught key={path.split("/").slice(0, 4).join("/")}>
            <Suspense fallback={<Waiting />}>{children}</Suspense>
          </Caught>
        </div>
        <Panels />
      </div>
    </SlotsProvider>
  );
}
