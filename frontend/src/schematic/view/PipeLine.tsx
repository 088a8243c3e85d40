import { memo } from "react";
import { library } from "../core/library";
import type { DrawnPipe } from "../core/scene";
import type { Medium, Placement } from "../core/types";
import { useFlow, useFlows } from "./context";
import { texts } from "../texts";
import styles from "./view.module.css";

/** A pipe as routed with the whole drawing; it subscribes to its own flow only. */
export const PipeLine = memo(function PipeLine({ drawn: { pipe, kind, path, arrow } }: { drawn: DrawnPipe }) {
  const flow = useFlow(pipe.id);
  return (
    <g className="pt-pipe" data-medium={pipe.medium} data-kind={kind} data-flow={flow} data-pipe={pipe.id}>
      <title>{(pipe.name ?? library.media[pipe.medium].title) + (flow === "still" ? texts.noFlow : "")}</title>
      <path className="run" d={path} />
      {arrow && (
        <path
          className="arrow"
          d="M-5 -5.5 6 0 -5 5.5Z"
          transform={`translate(${arrow.x} ${arrow.y}) rotate(${arrow.angle})`}
        />
      )}
    </g>
  );
});

const NO_PIPES: string[] = [];

/** Where pipes meet: a dot of their colour, bright if any of them flows. */
export const Joint = memo(function Joint({
  placement: { x, y },
  pipes = NO_PIPES,
  medium = "water",
}: {
  placement: Placement;
  pipes?: string[];
  medium?: Medium;
}) {
  const flow = useFlows(pipes);
  return (
    <svg className={`pt-pipe ${styles.joint}`} style={{ left: x, top: y }} data-medium={medium} data-flow={flow}>
      <rect className="joint" x="-2.5" y="-2.5" width="5" height="5" />
    </svg>
  );
});
