import type { Edge, EdgeProps, Node, NodeProps } from "@xyflow/react";
import { Handle, Position } from "@xyflow/react";
import { memo } from "react";
import { library } from "../core/library";
import type { DrawnPipe } from "../core/scene";
import { useFlow, useFlows } from "./context";
import { texts } from "../texts";
import styles from "./view.module.css";

export type PipeEdgeType = Edge<{ drawn: DrawnPipe }, "pipe">;

/** A pipe as routed with the whole drawing; it subscribes to its own flow only. */
export const PipeEdge = memo(function PipeEdge({ data }: EdgeProps<PipeEdgeType>) {
  const { pipe, kind, path, arrow } = data!.drawn;
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

export type JointNodeType = Node<{ id: string; pipes: string[]; medium: string }, "joint">;

/** Where pipes meet: a dot of their colour, bright if any of them flows. */
export const JointNode = memo(function JointNode({ data: { pipes, medium } }: NodeProps<JointNodeType>) {
  const flow = useFlows(pipes);
  return (
    <div className={styles.joint}>
      <svg className="pt-pipe" data-medium={medium} data-flow={flow} width="1" height="1">
        <rect className="joint" x="-2.5" y="-2.5" width="5" height="5" />
      </svg>
      <Handle
        id="p"
        type="source"
        className={styles.port}
        position={Position.Top}
        isConnectable={false}
        style={{ left: 0, top: 0 }}
      />
    </div>
  );
});
