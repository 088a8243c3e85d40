import type { Shown } from "./shown";

interface Props {
  shown: Shown;
  /** The symbol's box; what is indicated stays upright in it. */
  width: number;
  height: number;
}

const BAR = { share: 0.6, max: 60, height: 4 };
const TALL = 36;

/** What a symbol of any shape may show beside its state: speed as a bar, the command as a mark on it or of its own, power. */
export function Indications({ shown: { speed, command, power }, width, height }: Props) {
  const length = Math.min(width * BAR.share, BAR.max);
  const [x, y] = [(width - length) / 2, height >= TALL ? height - 8 : height + 2];
  const wanted = command?.share;
  return (
    <>
      {(speed !== undefined || wanted !== undefined) && (
        <g className="speed" transform={`translate(${round(x)} ${y})`}>
          <rect className="scale" width={round(length)} height={BAR.height} />
          {speed !== undefined && <rect className="amount" width={round(length * speed)} height={BAR.height} />}
          {wanted !== undefined && (
            <path
              className="command"
              data-differs={command!.differs || undefined}
              d={`M${round(length * wanted)} ${BAR.height}l3.5 5h-7z`}
            >
              <title>{command!.text}</title>
            </path>
          )}
        </g>
      )}
      {command && wanted === undefined && (
        <path className="command" data-differs={command.differs || undefined} d={command.on ? ON : OFF}>
          <title>{command.text}</title>
        </path>
      )}
      {power !== undefined && (
        <text className="word left power" x={width + 3} y={7} dy="0.36em">
          {power}
        </text>
      )}
    </>
  );
}

/** At the top left corner: started or opened by a triangle, stopped or closed by a square. */
const ON = "M-4 -4L5 0.5 -4 5Z";
const OFF = "M-4 -3.5H3.5V4H-4Z";

const round = (value: number) => Math.round(value * 10) / 10;
