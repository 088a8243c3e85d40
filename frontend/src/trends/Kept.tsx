import { Button } from "@mantine/core";
import { Link, useSearch } from "wouter";
import { NotesButton, useShownSlots, useShownTargets } from "../annotations";
import { useParams } from "../moment";
import { ViewsMenu } from "../savedViews";
import { useTenant } from "../tenant";
import type { Span } from "./range";
import { writeRange } from "./range";
import { texts } from "./print/texts";

/** What people keep of trends: notes, saved views, a report. */
export function Kept({ span }: { span: Span }) {
  const [params, change] = useParams();
  const tenant = useTenant();
  const query = useSearch();
  const slots = useShownSlots();
  const targets = useShownTargets();
  const pinned = Number(params.get("c"));
  const show = (note: { start: number; end: number | null }) => {
    const [first, last] = [note.start, note.end ?? note.start];
    const length = Math.max(span.end - span.start, (last - first) * 1.5);
    const middle = (first + last) / 2;
    const inView = first >= span.start && last <= span.end;
    const range = writeRange({ kind: "fixed", start: middle - length / 2, end: middle + length / 2 });
    change({ ...(inView ? {} : range), c: first }, { replace: inView });
  };
  return (
    <>
      <NotesButton
        start={span.start}
        end={span.end}
        targets={targets}
        target={slots.find((id) => id !== null) ?? undefined}
        at={pinned >= span.start && pinned < span.end ? pinned : span.end - 1}
        show={show}
      />
      <ViewsMenu slots={slots} />
      {slots.some(Boolean) && tenant && (
        <Button
          variant="default"
          component={Link}
          href={`/t/${tenant.slug}/trends/report${query && `?${query}`}`}
          title={texts.reportHint}
        >
          {texts.report}
        </Button>
      )}
    </>
  );
}
