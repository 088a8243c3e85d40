import { isMissing } from "../../api/problem";
import { Empty, Failed, Loading } from "../../ui/states";
import styles from "../dashboards.module.css";
import { texts } from "../texts";
import { useSchematic } from "../useTileTitle";
import { lazy } from "../../ui/lazy";

const Thumb = lazy(() => import("../../schematic/Thumb"));

/** A schematic at the moment. */
export function SchematicTile({ id }: { id: string }) {
  const found = useSchematic(id);
  if (found.isError && !found.data) {
    return isMissing(found.error) ? (
      <Empty title={texts.schematicGone} />
    ) : (
      <Failed error={found.error} retry={() => void found.refetch()} />
    );
  }
  if (!found.data) return <Loading />;
  return (
    <div className={styles.schematic}>
      <Thumb site={found.data.site} schematic={id} />
    </div>
  );
}
