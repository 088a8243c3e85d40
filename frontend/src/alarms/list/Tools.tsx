import { Button, Menu, Select, TextInput } from "@mantine/core";
import { setSound, useSound } from "../../alarmData";
import { useParams } from "../../moment";
import { CheckIcon } from "../../ui/icons";
import { writePriorities } from "../filter";
import styles from "./list.module.css";
import * as may from "./actions";
import type { Board } from "./useBoard";
import { texts } from "../texts";

const CHOICES = ["1", "1,2", "1,2,3", "2", "3", "4"];

/** Filters, and what can be done with the ticked alarms. */
export function Tools({ board }: { board: Board }) {
  const [params, change] = useParams();
  const sound = useSound();
  const { filter, subjects, actions } = board;
  const count = board.ticked.size;
  const chosen = filter.priorities.join(",");
  const disabled = (any: boolean) => actions.closed !== undefined || !any || actions.busy;
  return (
    <>
      <TextInput
        data-filter
        className={styles.filter}
        aria-label={texts.filter}
        placeholder={texts.filter}
        maxLength={200}
        value={params.get("q") ?? ""}
        onChange={(event) => change({ q: event.currentTarget.value || null }, { replace: true })}
      />
      <Select
        className={styles.priorities}
        aria-label={texts.priority}
        placeholder={texts.anyPriority}
        clearable
        data={[...new Set([...CHOICES, ...(chosen ? [chosen] : [])])].map((value) => ({
          value,
          label: texts.priorities(value.split(",")),
        }))}
        value={chosen || null}
        onChange={(value) =>
          change({ priority: writePriorities((value ?? "").split(",").filter(Boolean).map(Number)) }, { replace: true })
        }
      />
      <span className={styles.doing} title={actions.closed}>
        <Button
          variant="default"
          disabled={disabled(subjects.some(may.mayAcknowledge))}
          onClick={() => actions.acknowledge(subjects)}
          title={actions.closed ?? texts.acknowledgeKey}
        >
          {texts.acknowledge}
          {count > 1 && ` (${count})`}
        </Button>
        {subjects.length > 0 && subjects.every(may.mayUnshelve) ? (
          <Button variant="default" disabled={disabled(true)} onClick={() => actions.unshelve(subjects)}>
            {texts.unshelve}
          </Button>
        ) : (
          <Button
            variant="default"
            disabled={disabled(subjects.some(may.mayShelve))}
            onClick={() => actions.ask("shelve", subjects)}
            title={actions.closed ?? texts.shelveKey}
          >
            {texts.shelveDots}
          </Button>
        )}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label={texts.more} title={texts.more}>
              ⋯
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              disabled={disabled(subjects.some(may.mayReset))}
              onClick={() => actions.reset(subjects.filter(may.mayReset))}
            >
              {texts.reset}
            </Menu.Item>
            <Menu.Item
              disabled={disabled(subjects.some(may.mayTakeOutOfService))}
              onClick={() => actions.ask("out-of-service", subjects.filter(may.mayTakeOutOfService))}
            >
              {texts.outOfServiceDots}
            </Menu.Item>
            <Menu.Item
              disabled={disabled(subjects.some(may.mayReturnToService))}
              onClick={() => actions.returnToService(subjects)}
            >
              {texts.returnToService}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              leftSection={sound ? <CheckIcon size={16} /> : <span style={{ width: 16, display: "inline-block" }} />}
              onClick={() => setSound(!sound)}
            >
              {texts.sound}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </span>
    </>
  );
}
