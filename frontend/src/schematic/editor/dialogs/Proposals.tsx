import type { Proposal } from "../../core/edit/binding";
import { useEditing } from "../context";
import styles from "../editor.module.css";
import { texts as all } from "../texts";

const texts = all.bind;
const SHOWN = 200;

/** Those that would change something. */
export const useful = (proposals: readonly Proposal[]): Proposal[] =>
  proposals.filter(({ sensor, refused, now }) => sensor && !refused && sensor.id !== now);

/** What would be bound, before it is. */
export function Proposals({ proposals }: { proposals: readonly Proposal[] }) {
  const { catalog } = useEditing();
  if (proposals.length === 0) return null;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{texts.place}</th>
            <th>{texts.now}</th>
            <th>{texts.becomes}</th>
          </tr>
        </thead>
        <tbody>
          {proposals.slice(0, SHOWN).map(({ place, name, wanted, now, sensor, refused }) => (
            <tr key={JSON.stringify(place)} data-refused={refused}>
              <td>{name}</td>
              <td>{catalog.sensorById.get(now ?? "")?.tag ?? "–"}</td>
              <td>
                {wanted}
                {refused ? ` (${texts[refused]})` : sensor?.id === now ? ` (${texts.same})` : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
