import { useEffect } from "react";
import type { Dashboard, DashboardInfo } from "../api/types";
import { TimeBadge } from "../frame";
import { useShortcuts } from "../keyboard";
import { CloseIcon } from "../ui/icons";
import { Board } from "./Board";
import styles from "./dashboards.module.css";
import { texts } from "./texts";

interface Props {
  dashboard: Dashboard;
  /** Those that are shown in turn. */
  turn: DashboardInfo[];
  rotating: boolean;
  leave: () => void;
}

/** A dashboard alone on a screen on the wall: no controls, all of it in view, others in turn. */
export function Kiosk({ dashboard, turn, rotating, leave }: Props) {
  const index = turn.findIndex(({ id }) => id === dashboard.id);
  useAwake();
  useShortcuts("dashboards", { leave });
  return (
    <main className={styles.kiosk} id="main" data-testid="kiosk">
      <header className={styles.kioskHead}>
        <h1>{dashboard.name}</h1>
        {rotating && turn.length > 1 && <span>{texts.nextIn(index + 1, turn.length)}</span>}
        <span className={styles.grow} />
        <TimeBadge />
        <button
          type="button"
          className={styles.leave}
          onClick={leave}
          aria-label={texts.leaveKiosk}
          title={texts.leaveKiosk}
        >
          <CloseIcon size={14} />
        </button>
      </header>
      <Board key={dashboard.id} dashboard={dashboard} fill />
    </main>
  );
}

/** Keeps the screen on, where the browser can. */
function useAwake() {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let gone = false;
    const ask = () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      navigator.wakeLock.request("screen").then(
        (given) => (gone ? void given.release() : (lock = given)),
        () => undefined, // the battery is low, or the page may not
      );
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}
