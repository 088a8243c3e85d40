import { ActionIcon, Button, Checkbox, Modal, Select, TextInput } from "@mantine/core";
import type { PointerEvent } from "react";
import { useRef, useState } from "react";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { library } from "../core/library";
import type { Port, SymbolInfo } from "../core/library";
import { MARGIN, SymbolIcon, zoomFor } from "../symbols/SymbolIcon";
import { useChangePorts } from "./data";
import type { OwnSymbol } from "./data";
import styles from "./gallery.module.css";
import { renamed, snapPort, without, withPort } from "./portPlaces";
import type { Ports as PortMap } from "./portPlaces";
import { Ports } from "./Ports";
import { texts as all } from "./texts";

const texts = all.editPorts;
const ROOM = { width: 420, height: 260, maxZoom: 6 };
const KINDS = [
  ...Object.keys(library.classes),
  ...new Set(Object.values(library.media).map(({ kind }) => kind)),
  "any",
];

interface Props {
  own: OwnSymbol;
  close: () => void;
  /** With the name of the new version. */
  changed: (symbol: string) => void;
}

/** Where pipes may end on an own symbol: placed on its picture, or typed. Saving makes a version. */
export default function EditPorts({ own, close, changed }: Props) {
  const definition = own.definition as SymbolInfo;
  const [ports, setPorts] = useState<PortMap>(definition.ports);
  const [passes, setPasses] = useState(definition.passes);
  const change = useChangePorts((made) => {
    changed(made.symbol);
    close();
  });
  const patch = (name: string, members: Partial<Port>) =>
    setPorts((before) => ({ ...before, [name]: { ...before[name]!, ...members } }));
  return (
    <Modal opened onClose={close} title={texts.title(own.name)} size={720}>
      <SubmitForm onSubmit={() => change.mutate({ own, ports, passes })} error={change.error}>
        <p>{texts.hint}</p>
        <Picture symbol={{ ...definition, ports }} name={own.symbol} setPorts={setPorts} />
        {Object.entries(ports).map(([name, port], index) => (
          <div key={index} className={styles.portRow} role="group" aria-label={texts.port(name)}>
            <span>{index + 1}</span>
            <TextInput
              key={name}
              aria-label={texts.name}
              defaultValue={name}
              maxLength={40}
              onBlur={({ currentTarget }) => {
                const next = renamed(ports, name, currentTarget.value.trim());
                if (next === ports) currentTarget.value = name;
                else setPorts(next);
              }}
            />
            {(["x", "y"] as const).map((axis) => (
              <TextInput
                key={axis}
                aria-label={axis}
                type="number"
                step="any"
                min={0}
                max={axis === "x" ? definition.width : definition.height}
                value={String(port[axis])}
                onChange={(event) => patch(name, { [axis]: Number(event.currentTarget.value) })}
              />
            ))}
            <Pick label={texts.side} of={texts.sides} value={port.side} onChange={(side) => patch(name, { side })} />
            <Select
              aria-label={texts.kind}
              data={KINDS}
              value={port.kind}
              allowDeselect={false}
              onChange={(kind) => kind && patch(name, { kind: kind as Port["kind"] })}
            />
            <Pick label={texts.way} of={all.ways} value={port.way} onChange={(way) => patch(name, { way })} />
            <ActionIcon variant="subtle" aria-label={texts.remove(name)} onClick={() => setPorts(without(ports, name))}>
              ×
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="default"
          onClick={() =>
            setPorts(withPort(ports, { x: "in" in ports ? definition.width : 0, y: definition.height / 2 }, definition))
          }
        >
          {texts.add}
        </Button>
        <Checkbox label={texts.passes} checked={passes} onChange={(event) => setPasses(event.currentTarget.checked)} />
        <Actions does={texts.save} close={close} loading={change.isPending} />
      </SubmitForm>
    </Modal>
  );
}

interface PickProps<T extends string> {
  label: string;
  of: Record<T, string>;
  value: T;
  onChange: (value: T) => void;
}

const Pick = <T extends string>({ label, of, value, onChange }: PickProps<T>) => (
  <Select
    aria-label={label}
    data={(Object.keys(of) as T[]).map((each) => ({ value: each as string, label: of[each] }))}
    value={value as string}
    allowDeselect={false}
    onChange={(chosen) => chosen && onChange(chosen as T)}
  />
);

interface PictureProps {
  symbol: SymbolInfo;
  name: string;
  setPorts: (change: (before: PortMap) => PortMap) => void;
}

/** A click places a port, dragging moves one. */
function Picture({ symbol, name, setPorts }: PictureProps) {
  const root = useRef<HTMLDivElement>(null);
  const held = useRef<string>(undefined);
  const zoom = zoomFor(symbol, ROOM.width, ROOM.height, ROOM.maxZoom);
  const at = (event: PointerEvent) => {
    const box = root.current!.querySelector("svg")!.getBoundingClientRect();
    return { x: (event.clientX - box.left) / zoom - MARGIN, y: (event.clientY - box.top) / zoom - MARGIN };
  };
  const near = (event: PointerEvent) => {
    const point = at(event);
    const found = Object.entries(symbol.ports).find(
      ([, port]) => Math.hypot(port.x - point.x, port.y - point.y) * zoom < 12,
    );
    return found?.[0];
  };
  return (
    <div
      ref={root}
      className={styles.placing}
      data-testid="place-ports"
      onPointerDown={(event) => {
        held.current = near(event);
        if (held.current) event.currentTarget.setPointerCapture(event.pointerId);
        else setPorts((before) => withPort(before, at(event), symbol));
      }}
      onPointerMove={(event) => {
        const port = held.current;
        if (port) setPorts((before) => ({ ...before, [port]: { ...before[port]!, ...snapPort(at(event), symbol) } }));
      }}
      onPointerUp={() => (held.current = undefined)}
    >
      <SymbolIcon name={name} {...ROOM} />
      <Ports symbol={symbol} {...ROOM} numbered />
    </div>
  );
}
