import { Button, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { formatCount, formatTime } from "../../format";
import { useZone } from "../../moment";
import { liveStream, useStreamState, useWant } from "../../stream";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { CloseIcon } from "../../ui/icons";
import ui from "../../ui/ui.module.css";
import styles from "./flow.module.css";
import { texts } from "./texts";
import { NOTHING, copied, filtered, withArrivals } from "./watch";

interface Props {
  source: string;
  title: string;
  close: () => void;
}

/** What arrives from a source as it arrives: a few of each batch, never all. */
export function Watch({ source, title, close }: Props) {
  const tenant = useTenant()!;
  const zone = useZone().name;
  const [watched, setWatched] = useState(NOTHING);
  const [paused, setPaused] = useState(false);
  const [filter, setFilter] = useState("");
  const [isCopied, setCopied] = useState(false);
  const state = useStreamState();
  useWant({ tenant: tenant.slug, watch: source });
  const isPaused = useRef(false);
  useEffect(
    () =>
      liveStream.listen({
        arrivals: (arrived) => {
          if (arrived.topic !== `arrivals/${source}` || isPaused.current) return;
          setWatched((before) => withArrivals(before, arrived));
        },
      }),
    [source],
  );
  const pause = () => {
    isPaused.current = !paused;
    setPaused(!paused);
  };
  const lines = filtered(watched.lines, filter);
  const copy = async () => {
    await navigator.clipboard.writeText(copied(lines)).catch(() => undefined);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Card
      flush
      title={texts.watching(title)}
      aside={
        <button type="button" className={styles.stop} onClick={close} aria-label={texts.stopWatching}>
          <CloseIcon size={16} />
        </button>
      }
    >
      <div className={styles.watchHead}>
        <Button variant="default" onClick={pause} aria-pressed={paused}>
          {paused ? texts.goOn : texts.hold}
        </Button>
        <TextInput
          data-filter
          aria-label={texts.filterArrivals}
          placeholder={texts.filterArrivals}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        <Button variant="default" disabled={lines.length === 0} onClick={() => void copy()}>
          {isCopied ? texts.copied : texts.copy}
        </Button>
        <span className={ui.quiet} role="status">
          {state !== "live"
            ? texts.notConnected
            : paused
              ? texts.held
              : texts.shownOf(formatCount(watched.lines.length), formatCount(watched.seen))}
        </span>
      </div>
      <ol className={styles.arrivals} aria-label={texts.arrivals} tabIndex={0}>
        {lines.map((line) => (
          <li key={line.key} data-refused={line.reason !== "" || undefined}>
            <time dateTime={new Date(line.at).toISOString()}>{formatTime(line.at, zone)}</time>
            <span>
              <code>{line.text}</code>
              {line.reason && <span className={`${ui.sub} ${ui.bad}`}> {line.reason}</span>}
            </span>
            <span className={ui.sub}>{line.sender}</span>
          </li>
        ))}
        {lines.length === 0 && <li className={ui.quiet}>{watched.seen ? texts.noneMatches : texts.nothingArrives}</li>}
      </ol>
    </Card>
  );
}
