import { memo, useMemo } from "react";
import type { Scene } from "../core/scene";
import "../symbols/symbols.css";
import { Groups } from "./Groups";
import { Joint, PipeLine } from "./PipeLine";
import { SymbolAlarm } from "./SymbolAlarm";
import { SymbolPart } from "./SymbolPart";
import { TagPart, TextPart } from "./TagPart";
import { placedAt } from "./placedAt";
import styles from "./view.module.css";

/** Everything on a drawing, in one layer that is moved as a whole. Each part subscribes to its own values. */
export const Parts = memo(function Parts({ scene }: { scene: Scene }) {
  const { texts = [], tags = [], width, height } = scene.drawing;
  const placements = useMemo(() => [...scene.placements.values()], [scene]);
  return (
    <>
      <div className={styles.ground} style={{ width, height }} />
      <div className={styles.group}>
        <svg className={styles.pipes}>
          {scene.pipes.map((drawn) => (
            <PipeLine key={drawn.pipe.id} drawn={drawn} />
          ))}
        </svg>
      </div>
      <Groups parts={placements}>
        {(placement) =>
          placement.symbol === "junction" ? (
            <Joint key={placement.id} placement={placement} {...scene.joints.get(placement.id)} />
          ) : (
            <SymbolPart key={placement.id} placement={placement} />
          )
        }
      </Groups>
      {texts.map((text) => (
        <div key={text.id} className={`${styles.part} ${styles.fixed}`} style={{ left: text.x, top: text.y }}>
          <TextPart text={text} />
        </div>
      ))}
      <div className={styles.values} style={{ width, height }}>
        <Groups parts={tags}>
          {(tag) => (
            <div
              key={tag.id}
              className={`${styles.part} ${styles.placed}`}
              data-anchor={tag.anchor}
              style={placedAt(tag)}
            >
              <TagPart tag={tag} />
            </div>
          )}
        </Groups>
      </div>
      {placements
        .filter(({ asset }) => asset)
        .map((placement) => (
          <SymbolAlarm key={placement.id} placement={placement} />
        ))}
    </>
  );
});
