import { Modal } from "@mantine/core";
import { chordText, scopes } from "../keyboard";
import styles from "./search.module.css";
import { texts } from "./texts";

/** The overview of keyboard shortcuts, from the same table that binds them. */
export default function KeyList({ close }: { close: () => void }) {
  return (
    <Modal opened onClose={close} title={texts.keyboardShortcuts} size={820}>
      <div className={styles.keys}>
        {scopes.map(({ title, bindings, pointer = [] }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {Object.values(bindings).map(({ chords, label }) => (
                <Row key={label} keys={chords.map(chordText)} label={label} />
              ))}
              {pointer.map(([gesture, label]) => (
                <Row key={gesture} keys={[gesture]} label={label} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

const Row = ({ keys, label }: { keys: string[]; label: string }) => (
  <div>
    <dt>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </dt>
    <dd>{label}</dd>
  </div>
);
