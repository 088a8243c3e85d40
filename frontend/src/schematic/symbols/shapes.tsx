import type { ReactNode } from "react";

/**
 * Our symbols after ISO 10628 and ISA-5.1: flat, one stroke width. Each is drawn once, in its own size; what a state
 * changes is done by CSS (`data-state` above it): `fill` takes the state's fill, `body` never does, `a` and `b` are the
 * two halves of a valve, `line` has no fill.
 */
interface Size {
  width: number;
  height: number;
}

const Rotor = ({ x, y, r, children }: { x: number; y: number; r: number; children?: ReactNode }) => (
  <>
    <circle className="fill" cx={x} cy={y} r={r} />
    {children}
  </>
);

const Propeller = ({ x, y, r }: { x: number; y: number; r: number }) => (
  <g className="line">
    <ellipse cx={x - r / 2} cy={y} rx={r / 2} ry={r / 3.6} />
    <ellipse cx={x + r / 2} cy={y} rx={r / 2} ry={r / 3.6} />
  </g>
);

const Bowtie = () => (
  <>
    <path className="a" d="M1 6 15 15 1 24Z" />
    <path className="b" d="M29 6 15 15 29 24Z" />
  </>
);

const Chiller = () => (
  <>
    <path className="line" d="M90 46v8M90 86v8" />
    <rect className="fill" x="0.75" y="0.75" width="178.5" height="45" rx="22" />
    <rect className="fill" x="0.75" y="94.25" width="178.5" height="45" rx="22" />
    <circle className="fill" cx="90" cy="70" r="16" />
    <path className="line" d="M78.5 81 84 55.2M101.5 81 96 55.2" />
  </>
);

const CoolingTower = () => (
  <>
    <path className="body" d="M5 20H115L102 129H18Z" />
    <path className="fill" d="M34 4H86V20H34Z" />
    <Propeller x={60} y={12} r={20} />
    <path className="line dots" d="M20 54H100M20 62H100" />
    <path className="water" d="M22 114H98" />
  </>
);

const AirHandler = () => (
  <>
    <rect className="body" x="0.75" y="0.75" width="128.5" height="68.5" rx="2" />
    <path className="coil" d="M20 56 29 16 38 56 47 16 56 56" />
    <Rotor x={95} y={35} r={19}>
      <Propeller x={95} y={35} r={15} />
    </Rotor>
  </>
);

const Tank = ({ width: w, height: h }: Size) => (
  <>
    <path className="body bare" d={`M1 1V${h - 1}H${w - 1}V1Z`} />
    <path className="line" d={`M1 0V${h - 1}H${w - 1}V0`} />
  </>
);

const Vessel = ({ width: w, height: h }: Size) => (
  <rect className="body" x="0.75" y="0.75" width={w - 1.5} height={h - 1.5} rx={w / 2} />
);

export const SHAPES: Record<string, (size: Size) => ReactNode> = {
  pump: () => (
    <Rotor x={20} y={20} r={19}>
      <path className="line" d="M10.5 3.6 39 20 10.5 36.4" />
    </Rotor>
  ),
  fan: () => (
    <Rotor x={20} y={20} r={19}>
      <Propeller x={20} y={20} r={16} />
    </Rotor>
  ),
  compressor: () => (
    <Rotor x={20} y={20} r={19}>
      <path className="line" d="M9 4.5 37.8 13M9 35.5 37.8 27" />
    </Rotor>
  ),
  chiller: Chiller,
  cooling_tower: CoolingTower,
  heat_exchanger: () => (
    <>
      <circle className="body" cx="30" cy="30" r="29" />
      <path className="line" d="M0 30H14L22 14 38 46 46 30H60" />
    </>
  ),
  boiler: () => (
    <>
      <rect className="fill" x="0.75" y="0.75" width="88.5" height="88.5" rx="4" />
      <path
        className="line"
        d="M45 74c-12 0-18-8-18-17 0-8 6-12 8-20 5 4 7 8 7 13 4-5 5-12 3-20 11 7 18 17 18 27 0 10-7 17-18 17Z"
      />
    </>
  ),
  tank: Tank,
  vessel: Vessel,
  valve_hand: () => (
    <>
      <path className="line" d="M15 15V2M8 2H22" />
      <Bowtie />
    </>
  ),
  valve_control: () => (
    <>
      <path className="line" d="M15 15V6" />
      <path className="body" d="M8 6.5a7 6 0 0 1 14 0Z" />
      <Bowtie />
    </>
  ),
  valve_three_way: () => (
    <>
      <path className="line" d="M15 15V6" />
      <path className="body" d="M8 6.5a7 6 0 0 1 14 0Z" />
      <Bowtie />
      <path className="a" d="M15 15 24 29H6Z" />
    </>
  ),
  valve_check: () => (
    <>
      <path className="body" d="M3 6 27 15 3 24Z" />
      <path className="line" d="M27 5V25" />
    </>
  ),
  damper: () => (
    <>
      <path className="line" d="M0 3H20M0 47H20" />
      <path className="line blade" d="M10 6V44" />
      <circle className="body" cx="10" cy="25" r="3" />
    </>
  ),
  filter: () => (
    <>
      <rect className="body" x="0.75" y="0.75" width="18.5" height="48.5" />
      <path className="line" d="M1 1 19 9 1 17 19 25 1 33 19 41 1 49" />
    </>
  ),
  coil: () => (
    <>
      <rect className="body" x="0.75" y="0.75" width="28.5" height="58.5" />
      <path className="coil" d="M8 58 6 46 24 38 6 30 24 22 6 14 22 5" />
    </>
  ),
  air_handler: AirHandler,
  motor: () => <Rotor x={20} y={20} r={19} />,
  inverter: () => (
    <>
      <rect className="fill" x="0.75" y="0.75" width="48.5" height="48.5" rx="2" />
      <path className="line" d="M1 49 49 1" />
      <path className="line" d="M8 16c2.5-5 5-5 7.5 0s5 5 7.5 0M27 37c2.5-5 5-5 7.5 0s5 5 7.5 0" />
    </>
  ),
  instrument: () => <circle className="body paper" cx="18" cy="18" r="17" />,
  off_page: () => <path className="body paper" d="M1 1H96L109 15 96 29H1Z" />,
  header: ({ width: w, height: h }) => (
    <rect className="body" x="0.75" y="0.75" width={w - 1.5} height={h - 1.5} rx={h / 2} />
  ),
};

/** Words that belong to a symbol; they stay upright when it turns. Positions are fractions of its size. */
export function wordsOf(symbol: string, label: string): { x: number; y: number; text: string; small?: boolean }[] {
  if (symbol === "motor") return [{ x: 0.5, y: 0.5, text: "M" }];
  if (symbol === "chiller") {
    return [
      { x: 0.5, y: 23 / 140, text: "Condenser", small: true },
      { x: 0.5, y: 117 / 140, text: "Evaporator", small: true },
    ];
  }
  if (symbol === "off_page") return [{ x: 0.46, y: 0.5, text: label, small: true }];
  if (symbol === "instrument") {
    const [, letters = label, number = ""] = /^([A-Za-z]+)-?(.*)$/.exec(label.split(" ")[0] ?? "") ?? [];
    return number
      ? [
          { x: 0.5, y: 0.36, text: letters, small: true },
          { x: 0.5, y: 0.68, text: number, small: true },
        ]
      : [{ x: 0.5, y: 0.5, text: letters }];
  }
  return [];
}
