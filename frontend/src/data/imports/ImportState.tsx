import ui from "../../ui/ui.module.css";
import { busy } from "../../api/imports";
import type { Import } from "../../api/imports";

const LOOK: Record<string, [string, string, string]> = {
  queued: ["○", ui.off!, "Waiting"],
  cancelled: ["○", ui.off!, "Cancelled"],
  running: ["◐", ui.working!, "Running"],
  done: ["●", ui.good!, "Done"],
  failed: ["■", ui.bad!, "Failed"],
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
