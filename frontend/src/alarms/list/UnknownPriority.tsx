import { useParam } from "../../moment";
import ui from "../../ui/ui.module.css";
import type { Filter } from "../filter";
import { texts } from "../texts";

/** If a link names priorities that there are not: what is shown instead. */
export function UnknownPriority({ filter }: { filter: Filter }) {
  const [, setPriority] = useParam("priority");
  if (filter.unknown.length === 0) return null;
  return (
    <p className={ui.trouble} role="alert">
      {texts.unknownPriority(filter.unknown.join(", "), filter.priorities)}{" "}
      <button type="button" className={ui.link} onClick={() => setPriority(filter.priorities.join(",") || null)}>
        {texts.dismiss}
      </button>
    </p>
  );
}
