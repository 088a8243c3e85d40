import { lazy } from "react";
import { Empty, Loading } from "../../ui/states";
import styles from "../dashboards.module.css";
import { texts } from "../texts";
import { useSchematic } from "../useTileTitle";

const Thumb = lazy(() => import("../../schematic/Thumb"));

/** A schematic at the moment. */
export function SchematicTile({ id }: { id: string }) {
  const found = useSchematic(id);
  if (found.isError) return <Empty title={texts.schematicGone} />;
  if (!found.data) return <Loading />;
  return (
    <div className={styles.schematic}>
      <Thumb site={found.data.site} schematic={id} />
    </div>
  );
}
