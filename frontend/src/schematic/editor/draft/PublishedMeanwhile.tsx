import { Button } from "@mantine/core";
import { useState } from "react";
import { Segments } from "../../../ui/Segments";
import { keyOf } from "../../core/edit/merging";
import type { Difference } from "../../core/edit/merging";
import type { PublishedSince } from "../api";
import { texts as all } from "../texts";
import styles from "./draft.module.css";

const texts = all.conflict;

interface Props {
  published: PublishedSince;
  merge: (mine: ReadonlySet<string>) => Promise<void>;
}

/** Somebody published while I was editing: what they changed is taken over, what both changed is decided part by part. */
export function PublishedMeanwhile({ published, merge }: Props) {
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  const theirs = published.differences.filter(({ changed }) => changed === "theirs").length;
  const both = published.differences.filter(({ changed }) => changed === "both");
  const choose = (key: string, own: boolean) =>
    setMine((old) => {
      const next = new Set(old);
      if (own) next.add(key);
      else next.delete(key);
      return next;
    });
  const title = texts.published(published.current.author, published.current.version);
  return (
    <div className={styles.conflict} role="alertdialog" aria-label={title}>
      <p>
        <b>{title}</b> {theirs > 0 && texts.theirs(theirs)}
      </p>
      {both.length > 0 && <p>{texts.both}</p>}
      {both.map((each) => (
        <div key={keyOf(each)} className={styles.choice}>
          <span>{nameOf(each)}</span>
          <Segments
            label={nameOf(each)}
            value={mine.has(keyOf(each)) ? "mine" : "theirs"}
            onChange={(value) => choose(keyOf(each), value === "mine")}
            choices={[
              { value: "mine", label: texts.mine },
              { value: "theirs", label: texts.their },
            ]}
          />
        </div>
      ))}
      <Button onClick={() => void merge(mine)}>{texts.apply}</Button>
    </div>
  );
}

function nameOf({ kind, id, mine, theirs }: Difference): string {
  const part = (mine ?? theirs ?? {}) as { label?: string; name?: string; text?: string };
  const gone = mine && theirs ? "" : ` (${texts.gone})`;
  return `${texts.what[kind]} ${part.label ?? part.name ?? part.text ?? id}${gone}`;
}
