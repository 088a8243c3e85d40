import { Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { useParam } from "../moment";
import { useEventFilter, useEventTypes } from "./data";
import styles from "./events.module.css";
import { writeTypes } from "./filter";
import { texts } from "./texts";

/** Chooses which events are marked. Nothing where the tenant has no events. */
export function EventFilter() {
  const known = useEventTypes();
  const { types, device } = useEventFilter();
  const [, setTypes] = useParam("events");
  const [, setDevice] = useParam("device");
  const [typed, setTyped] = useState(device);
  if (known.length === 0) return null;
  const shown = types ?? known;
  const toggle = (type: string, on: boolean) =>
    setTypes(writeTypes(on ? [...shown, type] : shown.filter((each) => each !== type), known));
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <Button variant="default" title={texts.types}>
          {types === null && !device ? texts.events : texts.eventsOf(shown.length, known.length)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={styles.filter}
          onSubmit={(event) => {
            event.preventDefault();
            setDevice(typed.trim() || null);
          }}
        >
          <TextInput
            label={texts.device}
            placeholder={texts.anyDevice}
            maxLength={100}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onBlur={() => setDevice(typed.trim() || null)}
          />
          <div className={styles.all} role="group" aria-label={texts.types}>
            <Button variant="default" onClick={() => setTypes(null)}>
              {texts.all}
            </Button>
            <Button variant="default" onClick={() => setTypes(writeTypes([], known))}>
              {texts.none}
            </Button>
          </div>
          <div className={styles.types}>
            {known.map((type) => (
              <Checkbox
                key={type}
                label={type}
                checked={shown.includes(type)}
                onChange={(event) => toggle(type, event.currentTarget.checked)}
              />
            ))}
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
