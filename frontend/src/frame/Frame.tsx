import type { ReactNode } from "react";
import { Suspense } from "react";
import { Panels } from "../search/Panels";
import { Waiting } from "../ui/states";
import { Bar } from "./Bar";
import { HealthBanner } from "./health";
import { Rail } from "./Rail";
import { SlotsProvider } from "./slots";
import styles from "./frame.module.css";

/** The bar, the rail and the place for one view. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <SlotsProvider>
      <div className={styles.frame}>
        <Bar />
        <Rail />
        <div className={styles.content}>
          <HealthBanner />
          <Suspense fallback={<Waiting />}>{children}</Suspense>
        </div>
        <Panels />
      </div>
    </SlotsProvider>
  );
}
