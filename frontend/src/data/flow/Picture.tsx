import { useLayoutEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { hrefWith } from "../../moment";
import { useTenant } from "../../tenant";
import { Trace } from "./Trace";
import type { Picture as Shown, Stage } from "./model";
import styles from "./flow.module.css";
import { texts } from "./texts";

interface Props {
  picture: Shown;
  selected: string | null;
  onSelect: (id: string | null) => void;
  /** Dead letters are for engineers. */
  mayInspect: boolean;
}

/** Where samples come from and how far they get; the thicker a line, the more pass. */
export function Picture({ picture, selected, onSelect, mayInspect }: Props) {
  const tenant = useTenant()!;
  const box = useRef<HTMLDivElement>(null);
  const links = useLinks(box, picture);
  const node = (stage: Stage, column: number, rest?: React.ReactNode) => (
    <Node key={stage.id} {...{ stage, column, selected, onSelect }}>
      {rest}
    </Node>
  );
  return (
    <div className={styles.picture} ref={box} aria-label={texts.picture} role="group">
      <svg className={styles.links} aria-hidden="true">
        {links.map(({ id, path, width, lost }) => (
          <path key={id} d={path} strokeWidth={width} data-lost={lost || undefined} />
        ))}
      </svg>
      <div className={styles.column}>{picture.sources.map((source) => node(source, 0))}</div>
      <div className={styles.column}>
        {node(picture.queue, 1)}
        {node(
          picture.letters,
          1,
          mayInspect && picture.letters.health !== "idle" && (
            <Link
              className={styles.inspect}
              href={hrefWith(`/t/${tenant.slug}/data/dead-letters`)}
              onClick={(event) => event.stopPropagation()}
            >
              {texts.inspect}
            </Link>
          ),
        )}
      </div>
      <div className={styles.column}>
        {node(picture.writer, 2)}
        {node(picture.database, 2)}
        {node(picture.ladder, 2)}
      </div>
    </div>
  );
}

interface NodeProps {
  stage: Stage;
  column: number;
  selected: string | null;
  onSelect: (id: string | null) => void;
  children?: React.ReactNode;
}

function Node({ stage, selected, onSelect, children }: NodeProps) {
  return (
    <div className={styles.node} data-node={stage.id} data-selected={selected === stage.id || undefined}>
      <button
        type="button"
        className={styles.nodeTitle}
        aria-pressed={selected === stage.id}
        onClick={() => onSelect(selected === stage.id ? null : stage.id)}
      >
        <i className={styles.health} data-health={stage.health} aria-hidden="true" />
        {stage.title}
      </button>
      <p className={styles.nodeDetail}>{stage.detail}</p>
      {stage.trend && <Trace numbers={stage.trend} height={18} />}
      {stage.filled !== undefined && (
        <div className={styles.filled} data-health={stage.health}>
          <div style={{ width: `${(stage.filled * 100).toFixed(1)}%` }} />
        </div>
      )}
      {children}
    </div>
  );
}

interface Line {
  id: string;
  path: string;
  width: number;
  lost: boolean;
}

/** The lines between the nodes as they lie on the screen; none where they are below one another. */
function useLinks(box: React.RefObject<HTMLDivElement | null>, picture: Shown): Line[] {
  const [size, setSize] = useState(0);
  const [links, setLinks] = useState<Line[]>([]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setSize(entry!.contentRect.width + entry!.contentRect.height));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [box]);
  const shape = JSON.stringify([size, ...picture.rates, picture.rate, picture.letters.detail, picture.sources.length]);
  useLayoutEffect(() => setLinks(linksOf(box.current!, picture)), [shape]); // eslint-disable-line react-hooks/exhaustive-deps
  return links;
}

const widthOf = (rate: number): number => (rate > 0 ? Math.min(8, 1.5 + 1.6 * Math.log10(1 + rate)) : 1.5);

function linksOf(box: HTMLElement, picture: Shown): Line[] {
  const origin = box.getBoundingClientRect();
  const at = (id: string) => {
    const found = box.querySelector(`[data-node="${CSS.escape(id)}"]`)!.getBoundingClientRect();
    const [left, top] = [found.left - origin.left, found.top - origin.top];
    return { left, top, right: left + found.width, bottom: top + found.height, y: top + found.height / 2 };
  };
  const [queue, writer, database, ladder, letters] = ["queue", "writer", "database", "ladder", "letters"].map(at);
  if (queue!.left < at(picture.sources[0]?.id ?? "queue").right - 1 && picture.sources.length) return [];
  const curve = (x1: number, y1: number, x2: number, y2: number) => {
    const middle = (x1 + x2) / 2;
    return `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
  };
  const down = (from: typeof queue, to: typeof queue) =>
    `M${(from!.left + from!.right) / 2},${from!.bottom} V${to!.top}`;
  const links: Line[] = picture.sources.map((source) => {
    const from = at(source.id);
    const rate = picture.rates.get(source.id) ?? 0;
    return { id: source.id, path: curve(from.right, from.y, queue!.left, queue!.y), width: widthOf(rate), lost: false };
  });
  for (const source of picture.sources.filter((each) => each.rejecting)) {
    const from = at(source.id);
    const path = curve(from.right, from.y + 8, letters!.left, letters!.y);
    links.push({ id: `${source.id}-lost`, path, width: 1.5, lost: true });
  }
  const width = widthOf(picture.rate);
  links.push({ id: "queue", path: curve(queue!.right, queue!.y, writer!.left, writer!.y), width, lost: false });
  links.push({ id: "writer", path: down(writer, database), width, lost: false });
  links.push({ id: "database", path: down(database, ladder), width: 1.5, lost: false });
  return links;
}
