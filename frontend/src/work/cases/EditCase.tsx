import { CaseForm, caseTexts, changesOf, contentOf, subjectOf } from "../../cases";
import { useSite } from "../../tenant";
import { texts } from "../texts";
import type { DialogProps } from "./useActions";

/** Everything that is known of a case but its notes. */
export function EditCase({ each, close, busy, error, current, save }: DialogProps) {
  const before = contentOf(each);
  // The choice has the assets of the page's site.
  const elsewhere = useSite()?.id !== each.site;
  return (
    <CaseForm
      title={texts.editTitle}
      does={texts.save}
      start={before}
      fixed={elsewhere ? { label: caseTexts.about, text: subjectOf(each) } : undefined}
      close={close}
      busy={busy}
      error={error}
      submit={(draft) => save(each, changesOf(before, draft))}
      current={current}
      onTop={(draft) => current && save(current, changesOf(before, draft))}
    />
  );
}
