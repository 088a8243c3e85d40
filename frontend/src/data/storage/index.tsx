import { useTenant } from "../../tenant";
import styles from "../data.module.css";
import { DeleteSamples } from "./DeleteSamples";
import { Retention } from "./Retention";
import { Rollups } from "./Rollups";

/** What is stored of the plant's samples, and for how long. */
export function Storage() {
  const tenant = useTenant()!;
  return (
    <div className={styles.storage}>
      <Retention />
      <div className={styles.side}>
        <Rollups />
        {tenant.role === "admin" && <DeleteSamples />}
      </div>
    </div>
  );
}
