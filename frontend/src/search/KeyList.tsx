import { Modal } from "@mantine/core";
import styles from "./search.module.css";

const GROUPS: [string, [string, string][]][] = [
  [
    "Everywhere",
    [
      ["Ctrl K", "Find a tag, an asset, a view, a command"],
      ["/", "Filter this page"],
      ["1 … 5", "Home, Plant, Trends, Data, People"],
      ["l", "Back to live"],
      ["?", "These keys"],
    ],
  ],
  [
    "Trends",
    [
      ["drag", "Zoom to what you drag over"],
      ["double click, Backspace", "Back to the range before"],
      ["wheel", "Zoom at the cursor"],
      ["Shift drag, ← →", "Move along in time"],
      ["+ −", "Zoom in, out"],
      [", .", "Cursor to the sample before, after"],
      ["b", "Band and mean, or line"],
      ["p", "See the plant at the cursor"],
    ],
  ],
  [
    "Plant",
    [
      ["Space", "Play and pause"],
      ["← →", "Step"],
      ["Shift ← →", "To the event before, after"],
      ["g", "Go to a time"],
      ["+ −", "Zoom in, out"],
      ["0", "The whole drawing"],
      ["Esc", "Close the details"],
      ["l", "Live"],
    ],
  ],
];

export default function KeyList({ close }: { close: () => void }) {
  return (
    <Modal opened onClose={close} title="Keys" size={720}>
      <div className={styles.keys}>
        {GROUPS.map(([name, keys]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
