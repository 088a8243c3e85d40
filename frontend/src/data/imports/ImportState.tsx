import ui from "../../ui/ui.module.css";
import { busy } from "../../api/imports";
import type { Import } from "../../api/imports";
import { texts } from "./texts";

const LOOK: Record<string, [string, string, string]> = {
  queued: ["○", ui.off!, texts.queued],
  cancelled: ["○", ui.off!, texts.cancelled],
  running: ["◐", ui.working!, texts.running],
  done: ["●", ui.good!, texts.done],
  failed: ["■", ui.bad!, texts.failed],
};

export function ImportState({ row }: { row: Import }) {
  const [mark, look, word] = LOOK[row.state] ?? ["○", ui.off!, row.state];
  return (
    <>
      <span className={`${ui.status} ${look}`}>
        <span aria-hidden="true">{mark}</span> {word}
        {busy(row) && row.share !== null && ` ${Math.floor(row.share * 100)} %`}
      </span>
      {busy(row) && row.share !== null && (
        <div className={ui.bar} style={{ marginTop: 4 }}>
          <div style={{ width: `${row.share * 100}%` }} />
        </div>
      )}
      {row.error && <div className={ui.sub}>{row.error}</div>}
    </>
  );
}
