import { Menu } from "@mantine/core";
import { Suspense, useCallback, useState } from "react";
import type { ReactNode } from "react";
import { useShortcuts } from "../keyboard";
import { momentNow, setMoment, useZone } from "../moment";
import { useTenant } from "../tenant";
import { BookmarkMarks } from "./bookmarks/BookmarkMarks";
import { useBookmarks, usePeriods } from "./bookmarks/data";
import type { Bookmark } from "./bookmarks/data";
import { texts as bookmarkTexts } from "./bookmarks/texts";
import type { Comparing } from "./compare/comparison";
import { texts as compareTexts } from "./compare/texts";
import { together } from "./core/periods";
import type { Period } from "./core/periods";
import type { TimeWindow } from "./core/window";
import type { Scale } from "./time/scale";
import { lazy } from "../ui/lazy";

const CompareWith = lazy(() => import("./compare/CompareWith").then((m) => ({ default: m.CompareWith })));
const Keep = lazy(() => import("./bookmarks/Keep").then((m) => ({ default: m.Keep })));
const BookmarkList = lazy(() => import("./bookmarks/BookmarkList").then((m) => ({ default: m.BookmarkList })));

interface Props {
  site: string;
  window: TimeWindow;
  loop: TimeWindow | null;
  setLoop: (loop: TimeWindow | null) => void;
  comparing: Comparing;
}

interface Extras {
  menu: ReactNode;
  marks: (scale: Scale) => ReactNode;
  dialog: ReactNode;
}

/** Bookmarks and comparisons: their entries in the time bar's menu, their marks on it, their dialogs. */
export function useExtras({ site, window, loop, setLoop, comparing }: Props): Extras {
  const zone = useZone().name;
  const mayKeep = useTenant()?.role !== "viewer";
  const [open, setOpen] = useState<"compare" | { keep: number } | "list" | null>(null);
  const bookmarks = useBookmarks(site);
  const periods = usePeriods(bookmarks);
  const keep = () => setOpen({ keep: momentNow() ?? Date.now() });
  useShortcuts("timeBar", { compare: () => setOpen("compare"), ...(mayKeep && { bookmark: keep }) });

  const goTo = ({ start, end }: Bookmark) => {
    setMoment(start >= Date.now() ? null : start);
    if (end !== null) setLoop({ start, end: Math.min(end, Date.now()) });
  };
  const compareRuns = (one: Period, other: Period) => {
    const { at, loop: both, shift } = together(one, other);
    setMoment(at);
    comparing.compare({ shift }, both);
  };
  const marks = useCallback(
    (scale: Scale) => <BookmarkMarks scale={scale} bookmarks={bookmarks} zone={zone} />,
    [bookmarks, zone],
  );
  const close = () => setOpen(null);
  const dialog = open && (
    <Suspense fallback={null}>
      {open === "compare" ? (
        <CompareWith
          close={close}
          compare={comparing.compare}
          compareRuns={compareRuns}
          periods={periods}
          site={site}
          window={window}
        />
      ) : open === "list" ? (
        <BookmarkList site={site} bookmarks={bookmarks} close={close} open={goTo} />
      ) : (
        <Keep site={site} at={open.keep} loop={loop} close={close} />
      )}
    </Suspense>
  );
  const menu = (
    <>
      <Menu.Item onClick={() => setOpen("compare")} rightSection={<kbd>C</kbd>}>
        {compareTexts.compare}
      </Menu.Item>
      <Menu.Divider />
      {mayKeep && (
        <Menu.Item onClick={keep} rightSection={<kbd>B</kbd>}>
          {bookmarkTexts.keep}
        </Menu.Item>
      )}
      <Menu.Item onClick={() => setOpen("list")}>{bookmarkTexts.list}</Menu.Item>
    </>
  );
  return { menu, marks, dialog };
}
