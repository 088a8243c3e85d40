import { library } from "../core/library";
import styles from "./gallery.module.css";

/** How pipes, ducts and lines of each medium are drawn. */
export const Media = () => (
  <ul className={styles.media}>
    {Object.entries(library.media).map(([medium, { title, kind }]) => (
      <li key={medium}>
        <span className={styles.ground}>
          <svg className="pt-pipe" data-medium={medium} data-kind={kind} width="120" height="14" aria-hidden="true">
            <path className="run" d="M4 7H116" />
            {kind !== "signal" && kind !== "electricity" && kind !== "shaft" && (
              <path className="arrow" d="M-5 -5.5 6 0 -5 5.5Z" transform="translate(62 7)" />
            )}
          </svg>
        </span>
        {title}
      </li>
    ))}
  </ul>
);
