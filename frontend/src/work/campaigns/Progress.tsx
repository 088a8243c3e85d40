import ui from "../../ui/ui.module.css";
import styles from "./campaigns.module.css";

/** A share as a bar, and in words. */
export function Progress({ share, text }: { share: number; text: string }) {
  return (
    <div className={styles.share}>
      <div className={ui.bar} aria-hidden="true">
        <div style={{ width: `${share * 100}%` }} />
      </div>
      <span>{text}</span>
    </div>
  );
}
