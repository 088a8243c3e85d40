import { memo } from "react";
import { formatMoment } from "../../format";
import { TREND, xOf } from "../time/scale";
import type { Scale } from "../time/scale";
import styles from "./bookmarks.module.css";
import type { Bookmark } from "./data";

interface Props {
  scale: Scale;
  bookmarks: readonly Bookmark[];
  zone: string;
}

/** Flags on the time bar; a period has a line to its end. */
export const BookmarkMarks = memo(function BookmarkMarks({ scale, bookmarks, zone }: Props) {
  const shown = bookmarks.filter(
    ({ start, end }) => (end ?? start) >= scale.start && start < scale.end && xOf(scale, start) >= scale.left - 1,
  );
  return (
    <g className={styles.marks} data-testid="bookmark-marks">
      {shown.map((bookmark) => {
        const x = xOf(scale, bookmark.start);
        const text = `${formatMoment(bookmark.start, zone)}  ${bookmark.name}${bookmark.note ? `\n${bookmark.note}` : ""}`;
        const end = bookmark.end === null ? x : Math.min(xOf(scale, bookmark.end), scale.left + scale.width);
        return (
          <g key={bookmark.id} role="img" aria-label={text} data-at={bookmark.start}>
            <title>{text}</title>
            {end > x && <path className={styles.period} d={`M${x} ${TREND.top - 2}H${end}`} />}
            <path className={styles.flag} d={`M${x} ${TREND.top + 6}V${TREND.top - 8}h8l-2.5 3 2.5 3h-8`} />
          </g>
        );
      })}
    </g>
  );
});
