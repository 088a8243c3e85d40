import { Modal, TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { useEffect, useMemo, useRef, useState } from "react";
import { matches, wordsOf } from "../catalog/tree";
import { useCaseHits, useHits } from "./hits";
import type { Hit } from "./hits";
import styles from "./search.module.css";
import { texts } from "./texts";

const MAX_HITS = 60;

interface Props {
  text: string;
  setText: (text: string) => void;
  close: () => void;
}

/** Tags, assets, views and commands in one list: type, arrows, Enter. */
export default function Search({ text, setText, close }: Props) {
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const hits = useHits();
  const cases = useCaseHits(text);
  const named = useMemo(() => {
    const words = wordsOf(text);
    const matching = hits.filter((hit) => matches(words, hit.label, hit.note, hit.words));
    const first = words[0];
    // A label that starts with the typed letters comes first.
    if (first)
      matching.sort(
        (a, b) => Number(b.label.toLowerCase().startsWith(first)) - Number(a.label.toLowerCase().startsWith(first)),
      );
    return matching.slice(0, MAX_HITS);
  }, [hits, text]);
  const found = [...named.slice(0, MAX_HITS - cases.length), ...cases];
  useEffect(() => setAt(0), [text]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    close();
    hit.act();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((old) => Math.max(0, Math.min(found.length - 1, old + step)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[at]);
    }
  };
  return (
    <Modal opened onClose={close} withCloseButton={false} size={640} yOffset="12vh" centered={false} padding={12}>
      <TextInput
        data-autofocus
        aria-label={texts.label}
        placeholder={texts.placeholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
        role="combobox"
        aria-expanded
        aria-controls="hits"
        aria-activedescendant={found[at] ? `hit-${found[at].key}` : undefined}
      />
      <div className={styles.list} ref={list} role="listbox" id="hits">
        {found.map((hit, index) => {
          const Icon = hit.icon;
          return (
            <button
              key={hit.key}
              id={`hit-${hit.key}`}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={styles.hit}
              onPointerMove={() => setAt(index)}
              onClick={() => go(hit)}
            >
              <Icon size={16} />
              <b>{hit.label}</b>
              <span>{hit.note}</span>
              <span>{texts.kinds[hit.kind]}</span>
            </button>
          );
        })}
        {found.length === 0 && <p className={styles.none}>{texts.noResults(text)}</p>}
      </div>
    </Modal>
  );
}
