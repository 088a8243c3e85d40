import { Menu, useMantineColorScheme } from "@mantine/core";
import { useLocation } from "wouter";
import { useZone } from "../moment";
import type { ZoneChoice } from "../moment";
import { openKeys } from "../search/open";
import { signOut, useMe, useSite, useTenant } from "../tenant";
import { CheckIcon } from "../ui/icons";
import styles from "./frame.module.css";
import { texts } from "./texts";

const SCHEMES = [
  ["light", texts.light],
  ["dark", texts.dark],
  ["auto", texts.system],
] as const;

const initials = (name: string) =>
  name
    .split(/[\s._-]+/)
    .map((word) => word[0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();

const tick = (on: boolean) => (on ? <CheckIcon size={16} /> : <span style={{ width: 16, display: "inline-block" }} />);

export function AccountMenu() {
  const me = useMe().data;
  const tenant = useTenant();
  const [, navigate] = useLocation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  if (!me) return null;
  const name = me.user.name || me.user.username;
  return (
    <Menu position="bottom-end" width={232}>
      <Menu.Target>
        <button
          type="button"
          className={styles.account}
          aria-label={texts.accountSettings(initials(name), name)}
          title={name}
        >
          {initials(name)}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          {tenant ? ` · ${tenant.role}` : me.operator ? ` · ${texts.operator}` : ""}
        </Menu.Label>
        <Menu.Item onClick={() => navigate("/account")}>{texts.accountApiTokens}</Menu.Item>
        {(me.tenants.length > 1 || !tenant) && (
          <Menu.Item onClick={() => navigate("/tenants")}>{texts.switchTenant}</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>{texts.theme}</Menu.Label>
        {SCHEMES.map(([scheme, label]) => (
          <Menu.Item key={scheme} leftSection={tick(colorScheme === scheme)} onClick={() => setColorScheme(scheme)}>
            {label}
          </Menu.Item>
        ))}
        {tenant && <ZoneItems />}
        <Menu.Divider />
        <Menu.Item rightSection={<kbd className={styles.kbd}>?</kbd>} onClick={openKeys}>
          {texts.keyboardShortcuts}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{texts.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ZoneItems() {
  const zone = useZone();
  const site = useSite();
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choices: [ZoneChoice, string][] = [
    ["plant", texts.plantZone(site?.timezone)],
    ["mine", texts.local(mine)],
    ["utc", texts.utc],
  ];
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{texts.timeZone}</Menu.Label>
      {choices.map(([choice, label]) => (
        <Menu.Item key={choice} leftSection={tick(zone.choice === choice)} onClick={() => zone.set(choice)}>
          {label}
        </Menu.Item>
      ))}
    </>
  );
}
