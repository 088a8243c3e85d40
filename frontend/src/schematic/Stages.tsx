import { useState } from "react";
import type { SiteCatalog } from "../catalog";
import { formatMoment } from "../format";
import { useMoment, useNow, useZone } from "../moment";
import type { Comparison } from "./compare/comparison";
import styles from "./compare/compare.module.css";
import { OtherDrawing, OtherTime } from "./compare/OtherMoment";
import { texts } from "./compare/texts";
import type { ValueStore } from "./core/store";
import type { Schematic } from "./core/types";
import type { Selection } from "./useSelection";
import { Canvas } from "./view/Canvas";
import { StageContext } from "./view/context";
import type { Stage } from "./view/context";
import { ViewportSync } from "./view/sync";

interface Props {
  stage: Stage;
  schematic: Schematic;
  catalog: SiteCatalog;
  comparison: Comparison | null;
  other: ValueStore;
  selection: Pick<Selection, "asset" | "select">;
}

/** The drawing; beside it that of another moment, if two are compared side by side. */
export function Stages({ stage, schematic, catalog, comparison, other, selection }: Props) {
  const [sync] = useState(() => new ViewportSync());
  if (!comparison?.side) {
    return (
      <StageContext value={stage}>
        <Canvas key={schematic.id} />
      </StageContext>
    );
  }
  return (
    <div className={styles.sides}>
      <section aria-label={texts.here}>
        <StageContext value={stage}>
          <Canvas key={schematic.id} sync={sync} />
        </StageContext>
        <h2>
          <ThisTime />
        </h2>
      </section>
      <section aria-label={texts.there}>
        <OtherDrawing
          comparison={comparison}
          store={other}
          schematic={schematic}
          catalog={catalog}
          sync={sync}
          {...selection}
        />
        <h2>
          <OtherTime comparison={comparison} />
        </h2>
      </section>
    </div>
  );
}

function ThisTime() {
  const zone = useZone().name;
  const { at } = useMoment();
  const now = useNow();
  return <time dateTime={new Date(at ?? now).toISOString()}>{formatMoment(at ?? now, zone)}</time>;
}
