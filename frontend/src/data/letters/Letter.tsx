import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { DeadLetter } from "../../api/types";
import { Inspector } from "../../frame";
import { hrefWith } from "../../moment";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { remove, replay } from "./api";
import styles from "./letters.module.css";
import { texts } from "./texts";

interface Props {
  letter: DeadLetter;
  source: string;
  close: () => void;
  /** It is gone: stored or deleted. */
  done: () => void;
}

/** One letter: why it was rejected, what was sent, and a corrected item to be stored in its place. */
export function Letter({ letter, source, close, done }: Props) {
  const tenant = useTenant()!;
  const [item, setItem] = useState(letter.item);
  const text = letter.encoding === "utf-8";
  const changed = text && item !== letter.item;
  const store = useMutation({
    mutationFn: () => (changed ? replay(letter.id, item) : replay(letter.id)),
    onSuccess: done,
  });
  const discard = useMutation({ mutationFn: () => remove(letter.id), onSuccess: done });
  const facts: [string, string | number | null][] = [
    [texts.source, source],
    [texts.endpoint, letter.endpoint],
    [texts.position, letter.position],
    [texts.sender, letter.sender],
    [texts.token, letter.token],
    [texts.address, letter.address],
    [texts.options, Object.entries(letter.options).flat().join(" ")],
  ];
  return (
    <Inspector title={source} subtitle={letter.reason} onClose={close}>
      <form
        className={`${ui.form} ${styles.letter}`}
        onSubmit={(event) => {
          event.preventDefault();
          store.mutate();
        }}
      >
        {letter.unmatched && (
          <p className={ui.quiet}>
            {texts.unmatched} <Link href={hrefWith(`/t/${tenant.slug}/data/mapping`)}>{texts.makeRule}</Link>
          </p>
        )}
        {letter.cut && <p className={ui.quiet}>{texts.cut}</p>}
        {text ? (
          <Textarea
            label={texts.corrected}
            description={texts.correctedHint}
            inputWrapperOrder={["label", "input", "description"]}
            value={item}
            onChange={(event) => setItem(event.currentTarget.value)}
            autosize
            minRows={3}
            maxRows={14}
            spellCheck={false}
            classNames={{ input: styles.mono }}
          />
        ) : (
          <>
            <p className={ui.quiet}>{texts.binary}</p>
            <pre className={ui.pre}>{letter.item}</pre>
          </>
        )}
        <ErrorMessage error={store.error ?? discard.error} />
        <div className={ui.actions}>
          <Button type="submit" loading={store.isPending} disabled={!changed && !letter.replayable}>
            {changed ? texts.replayCorrected : texts.replay}
          </Button>
          {changed && (
            <Button variant="default" onClick={() => setItem(letter.item)}>
              {texts.reset}
            </Button>
          )}
          <Button variant="default" color="red" loading={discard.isPending} onClick={() => discard.mutate()}>
            {texts.delete}
          </Button>
        </div>
      </form>
      <dl className={ui.dl}>
        {facts
          .filter(([, value]) => value !== null && value !== "")
          .map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd className={styles.fact}>{value}</dd>
            </div>
          ))}
      </dl>
    </Inspector>
  );
}
