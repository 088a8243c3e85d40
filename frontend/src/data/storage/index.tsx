import { useTenant } from "../../tenant";
import styles from "../data.module.css";
import { DeleteSamples } from "./DeleteSamples";
import { Retention } from "./Retention";
import { Rollups } from "./Rollups";

/** Storage of the plant's samples, and retention. */
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
