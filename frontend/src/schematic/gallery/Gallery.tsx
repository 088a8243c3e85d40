import { Button, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { View } from "../../frame";
import { useParam } from "../../moment";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { library, symbolOf } from "../core/library";
import { AddSymbol } from "./AddSymbol";
import { useOwnSymbols } from "./data";
import styles from "./gallery.module.css";
import { Media } from "./Media";
import { matches } from "./samples";
import type { Look } from "./samples";
import { SymbolCard } from "./SymbolCard";
import { SymbolDetails } from "./SymbolDetails";
import { texts } from "./texts";

const OURS = Object.keys(library.symbols).filter((name) => name !== "junction");
const LOOKS = Object.entries(texts.looks).map(([value, label]) => ({ value: value as Look, label }));

/** All symbols by group, each in its states; the tenant's own first. */
export default function Gallery() {
  const tenant = useTenant();
  const [text, setText] = useParam("q");
  const [chosen, choose] = useParam("symbol");
  const [look, setLook] = useState<Look>("drawn");
  const [adding, setAdding] = useState(false);
  const own = useOwnSymbols();
  const words = useMemo(
    () =>
      (text ?? "")
        .toLowerCase()
        .split(/[\s,-]+/)
        .filter(Boolean),
    [text],
  );
  const ownNames = own.data?.map((each) => each.symbol) ?? [];
  const found = (names: string[]) => names.filter((name) => matches(name, symbolOf(name)!, words));
  const shown = found([...ownNames, ...OURS]);
  const selected = chosen && symbolOf(chosen) ? chosen : undefined;
  const group = (title: string, names: string[], rest?: React.ReactNode, aside?: React.ReactNode) =>
    (names.length > 0 || rest) && (
      <Card key={title} title={title} aside={aside}>
        {rest}
        <div className={styles.grid}>
          {names.map((name) => (
            <SymbolCard key={name} name={name} look={look} selected={name === selected} choose={choose} />
          ))}
        </div>
      </Card>
    );
  const add = tenant?.role !== "viewer" && (
    <Button variant="default" onClick={() => setAdding(true)}>
      {texts.add}
    </Button>
  );
  return (
    <View
      headed
      title={texts.title}
      inspector={
        selected && (
          <SymbolDetails
            key={selected}
            name={selected}
            own={own.data?.find((each) => each.symbol === selected)}
            close={() => choose(null)}
            changed={choose}
          />
        )
      }
    >
      <div className={ui.page}>
        <div className={ui.pageHead}>
          <h1>{texts.title}</h1>
          <span className={ui.quiet}>{texts.count(shown.length, ownNames.length + OURS.length)}</span>
        </div>
        <div className={styles.tools}>
          <TextInput
            data-filter
            className={styles.find}
            aria-label={texts.find}
            placeholder={texts.find}
            value={text ?? ""}
            onChange={(event) => setText(event.currentTarget.value || null)}
          />
          <Segments label={texts.state} value={look} onChange={setLook} choices={LOOKS} />
        </div>
        {shown.length === 0 && (
          <Card>
            <div className={styles.nothing}>
              <p>{texts.none(text ?? "")}</p>
              <Button variant="default" onClick={() => setText(null)}>
                {texts.clear}
              </Button>
            </div>
          </Card>
        )}
        {(words.length === 0 || found(ownNames).length > 0) &&
          group(
            texts.own,
            found(ownNames),
            own.isError ? (
              <ErrorMessage error={own.error} />
            ) : (
              own.data?.length === 0 && <p className={ui.quiet}>{texts.ownNone}</p>
            ),
            add,
          )}
        {library.groups.map(({ name, title }) =>
          group(title, found(OURS.filter((each) => library.symbols[each]!.group === name))),
        )}
        {words.length === 0 && (
          <Card title={texts.media}>
            <Media />
          </Card>
        )}
      </div>
      {adding && <AddSymbol close={() => setAdding(false)} added={choose} />}
    </View>
  );
}
