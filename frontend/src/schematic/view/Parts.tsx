import { memo } from "react";
import type { Scene } from "../core/scene";
import "../symbols/symbols.css";
import { Joint, PipeLine } from "./PipeLine";
import { SymbolPart } from "./SymbolPart";
import { TagPart, TextPart } from "./TagPart";
import styles from "./view.module.css";

/** Everything on a drawing, in one layer that is moved as a whole. Each part subscribes to its own values. */
export const Parts = memo(function Parts({ scene }: { scene: Scene }) {
  const { texts = [], tags = [] } = scene.drawing;
  return (
    <>
      <svg className={styles.pipes}>
        {scene.pipes.map((drawn) => (
          <PipeLine key={drawn.pipe.id} drawn={drawn} />
        ))}
      </svg>
      {[...scene.placements.values()].map((placement) =>
        placement.symbol === "junction" ? (
          <Joint key={placement.id} placement={placement} {...scene.joints.get(placement.id)} />
        ) : (
          <SymbolPart key={placement.id} placement={placement} />
        ),
      )}
      {texts.map((text) => (
        <div key={text.id} className={styles.part} style={{ left: text.x, top: text.y }}>
          <TextPart text={text} />
        </div>
      ))}
      {tags.map((tag) => (
        <div key={tag.id} className={styles.part} style={{ left: tag.x, top: tag.y }}>
          <TagPart tag={tag} />
        </div>
      ))}
    </>
  );
});
