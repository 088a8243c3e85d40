import { Button, Switch } from "@mantine/core";
import { ErrorMessage } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import styles from "./notifications.module.css";
import { texts } from "./texts";
import { useBrowsers } from "./useBrowsers";

interface Props {
  tenant: string;
  /** Beside the switch where several tenants are listed. */
  label?: string | undefined;
}

/** Push on this browser, and the person's other browsers. */
export function BrowserPush({ tenant, label = texts.push }: Props) {
  const { support, isPending, error, key, own, others, busy, add, remove } = useBrowsers(tenant);
  const reason =
    support !== "supported" ? texts[support] : isPending || error ? null : key === null ? texts.noKey : null;
  return (
    <div className={styles.push}>
      <Switch
        label={label}
        description={reason ?? texts.pushHint}
        checked={own !== undefined}
        disabled={busy || isPending || (!own && (reason !== null || key === null))}
        onChange={(event) => {
          if (event.currentTarget.checked) add(key!);
          else if (own) remove(own.id);
        }}
      />
      <ErrorMessage error={error} />
      {others.length > 0 && (
        <div>
          <h3>{texts.others}</h3>
          <ul className={styles.browsers}>
            {others.map((each) => (
              <li key={each.id}>
                <span>
                  {each.browser}{" "}
                  <span className={ui.sub}>
                    {texts.added} <Ago ms={each.created} />
                  </span>
                </span>
                <Button
                  variant="default"
                  size="compact-sm"
                  disabled={busy}
                  aria-label={texts.remove(each.browser)}
                  onClick={() => remove(each.id)}
                >
                  {texts.removeShort}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
