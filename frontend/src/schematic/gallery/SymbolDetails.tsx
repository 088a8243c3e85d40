import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { formatDate } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { useZone } from "../../moment";
import { useTenant } from "../../tenant";
import ui from "../../ui/ui.module.css";
import { library, symbolOf } from "../core/library";
import type { SymbolInfo } from "../core/library";
import { SymbolIcon } from "../symbols/SymbolIcon";
import type { OwnSymbol } from "./data";
import { DeleteSymbol } from "./DeleteSymbol";
import styles from "./gallery.module.css";
import { Ports } from "./Ports";
import { sampleShown, statesOf } from "./samples";
import { texts } from "./texts";
import { lazy } from "../../ui/lazy";

interface Props {
  name: string;
  own: OwnSymbol | undefined;
  close: () => void;
  /** There is a new version of it, by this name. */
  changed: (symbol: string) => void;
}

const EditPorts = lazy(() => import("./EditPorts"));
const LARGE = { width: 240, height: 170, maxZoom: 3 };

/** A symbol at a large size with its ports, its states, and what may be bound to it. */
export function SymbolDetails({ name, own, close, changed }: Props) {
  const symbol = symbolOf(name)!;
  const group = library.groups.find((each) => each.name === symbol.group)?.title ?? symbol.group;
  const states = statesOf(symbol);
  return (
    <Inspector title={symbol.title} subtitle={group || texts.own} onClose={close}>
      <div className={styles.large}>
        <SymbolIcon name={name} shown={sampleShown(symbol, "part")} {...LARGE} />
        <Ports symbol={symbol} {...LARGE} numbered />
      </div>
      {states.length > 1 && (
        <InspectorSection title={texts.states}>
          <div className={styles.states}>
            {states.map((state) => (
              <figure key={state}>
                <span className={styles.ground}>
                  <SymbolIcon name={name} state={state} shown={shownIn(symbol, state)} width={64} height={48} />
                </span>
                <figcaption>{texts.stateNames[state]}</figcaption>
              </figure>
            ))}
          </div>
        </InspectorSection>
      )}
      <InspectorSection title={texts.ports}>
        {Object.keys(symbol.ports).length === 0 && <p className={ui.quiet}>{texts.noPorts}</p>}
        <PortTable symbol={symbol} />
      </InspectorSection>
      <InspectorSection title={texts.slots}>
        {Object.keys(symbol.slots).length === 0 && <p className={ui.quiet}>{texts.noSlots}</p>}
        <dl className={ui.dl}>
          {Object.entries(symbol.slots).map(([slot, { title, shows }]) => (
            <Fact key={slot} title={slot} value={`${title}: ${texts.shows[shows]}`} />
          ))}
        </dl>
      </InspectorSection>
      <Facts name={name} symbol={symbol} own={own} />
      {own && <Changes own={own} close={close} changed={changed} />}
    </Inspector>
  );
}

const shownIn = (symbol: SymbolInfo, state: string) =>
  sampleShown(
    symbol,
    state === "open" || state === "running" ? "on" : state === "between" ? "part" : state === "none" ? "drawn" : "off",
  );

const PortTable = ({ symbol }: { symbol: SymbolInfo }) => (
  <table className={styles.portTable}>
    <tbody>
      {Object.entries(symbol.ports).map(([name, port], index) => (
        <tr key={name}>
          <td>{index + 1}</td>
          <th scope="row">{name}</th>
          <td>{port.kind}</td>
          <td>{texts.ways[port.way]}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

function Facts({ name, symbol, own }: { name: string; symbol: SymbolInfo; own: OwnSymbol | undefined }) {
  const zone = useZone().name;
  const latest = own?.versions.at(-1);
  return (
    <dl className={`${ui.dl} ${styles.facts}`}>
      <Fact title={texts.facts.standard} value={symbol.standard === "none" ? texts.noStandard : symbol.standard} />
      <Fact title={texts.facts.size} value={texts.size(symbol.width, symbol.height, symbol.resizable)} />
      {Object.keys(symbol.ports).length > 0 && (
        <Fact title={texts.facts.flow} value={symbol.passes ? texts.flow.passes : texts.flow.ends} />
      )}
      {latest && (
        <Fact title={texts.facts.versions} value={texts.version(latest.version, formatDate(latest.created, zone))} />
      )}
      <Fact title={texts.facts.name} value={name} />
    </dl>
  );
}

const Fact = ({ title, value }: { title: string; value: string }) => (
  <>
    <dt>{title}</dt>
    <dd>{value}</dd>
  </>
);

function Changes({ own, close, changed }: { own: OwnSymbol; close: () => void; changed: (symbol: string) => void }) {
  const [asked, ask] = useState<"ports" | "deletion">();
  const done = () => ask(undefined);
  if (useTenant()?.role === "viewer") return null;
  return (
    <div className={ui.actions}>
      <Button variant="default" onClick={() => ask("ports")}>
        {texts.editPorts.open}
      </Button>
      <Button variant="default" onClick={() => ask("deletion")}>
        {texts.remove}
      </Button>
      {asked === "deletion" && <DeleteSymbol own={own} close={done} deleted={close} />}
      {asked === "ports" && (
        <Suspense fallback={null}>
          <EditPorts own={own} close={done} changed={changed} />
        </Suspense>
      )}
    </div>
  );
}
