import { Modal } from "@mantine/core";
import { Actions } from "../../../ui/Actions";
import { SubmitForm } from "../../../ui/SubmitForm";
import type { DexpiDrawing } from "../dexpi";
import styles from "../editor.module.css";
import { texts as all } from "../texts";

const texts = all.dexpi;

/** Says what of a DEXPI file will be on the drawing, before it is inserted. */
export default function DexpiDialog({
  found,
  close,
  insert,
}: {
  found: DexpiDrawing;
  close: () => void;
  insert: () => void;
}) {
  const { equipment, piping_components, instruments, pipes, signals } = found.taken;
  return (
    <Modal opened onClose={close} title={texts.title(found.name)} size={680}>
      <SubmitForm onSubmit={insert}>
        <p>{texts.taken(equipment, piping_components, instruments, pipes, signals)}</p>
        <Notes title={texts.replaced} notes={found.replaced} />
        <Notes title={texts.leftOut} notes={found.left_out} />
        <Actions does={texts.insert} close={close} />
      </SubmitForm>
    </Modal>
  );
}

function Notes({ title, notes }: { title: string; notes: DexpiDrawing["replaced"] }) {
  if (notes.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={title}>
        <table className={styles.table}>
          <tbody>
            {notes.map(({ what, count, why, examples }) => (
              <tr key={`${what} ${why}`}>
                <td>{what}</td>
                <td>{count}</td>
                <td>
                  {why}
                  {examples.length > 0 && <span className={styles.quiet}> ({examples.join(", ")})</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
