import { useSite, useUnknownSite } from "../tenant";
import styles from "./frame.module.css";
import { texts } from "./texts";

/** Where a link names a site that does not exist: which one is shown instead. */
export function LinkNotice() {
  const shown = useSite();
  const unknown = useUnknownSite();
  if (unknown === null || !shown) return null;
  return (
    <div className={styles.banner} role="alert">
      <strong>{texts.unknownSite(unknown, shown.name)}</strong>
    </div>
  );
}
