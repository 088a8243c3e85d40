import { memo } from "react";
import { symbolOf } from "../core/library";
import { SymbolIcon } from "../symbols/SymbolIcon";
import styles from "./gallery.module.css";
import { Ports } from "./Ports";
import { sampleShown, stateFor } from "./samples";
import type { Look } from "./samples";
import { texts } from "./texts";

interface Props {
  name: string;
  look: Look;
  selected: boolean;
  choose: (name: string) => void;
}

const ROOM = { width: 128, height: 84 };

/** One symbol with its name; its ports show while the pointer is on it. */
export const SymbolCard = memo(function SymbolCard({ name, look, selected, choose }: Props) {
  const symbol = symbolOf(name)!;
  return (
    <button
      type="button"
      className={styles.card}
      aria-pressed={selected}
      data-symbol-card={name}
      onClick={() => choose(name)}
    >
      <span className={styles.ground}>
        <SymbolIcon name={name} state={stateFor(symbol, look)} shown={sampleShown(symbol, look)} {...ROOM} />
        <Ports symbol={symbol} {...ROOM} />
      </span>
      <span className={styles.name}>{symbol.title}</span>
      <span className={styles.standard}>{symbol.standard === "none" ? texts.noStandard : symbol.standard}</span>
    </button>
  );
});
