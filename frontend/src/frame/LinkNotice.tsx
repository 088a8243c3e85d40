import { useUnreadableMoment } from "../moment";
import { useSite, useUnknownSite } from "../tenant";
import styles from "./frame.module.css";
import { texts } from "./texts";

/** If a link names a site that does not exist or an invalid moment: what is shown instead. */
export function LinkNotice() {
  const shown = useSite();
  const unknown = useUnknownSite();
  const moment = useUnreadableMoment();
  const sentences = [
    ...(unknown !== null && shown ? [texts.unknownSite(unknown, shown.name)] : []),
    ...(moment !== null ? [texts.unreadableMoment(moment)] : []),
  ];
  if (sentences.length === 0) return null;
  return (
    <div className={styles.banner} role="alert">
      <strong>{sentences.join(" ")}</strong>
    </div>
  );
}
