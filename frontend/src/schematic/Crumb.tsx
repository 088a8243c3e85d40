import { Menu } from "@mantine/core";
import { formatDate } from "../format";
import { useNavigateWith, useZone } from "../moment";
import { useTenant } from "../tenant";
import { ChevronIcon } from "../ui/icons";
import type { Schematic, VersionInfo } from "./core/types";
import styles from "./page.module.css";
import { texts } from "./texts";

interface Props {
  schematic: Schematic;
  all: Schematic[];
  version: VersionInfo | undefined;
}

/** In the top bar: the schematic, a menu of the others, and the version of its drawing. */
export function Crumb({ schematic, all, version }: Props) {
  const zone = useZone().name;
  const tenant = useTenant();
  const navigate = useNavigateWith();
  return (
    <span className={styles.crumb}>
      <span className={styles.separator}>›</span>
      {all.length === 1 ? (
        <span className={styles.name}>{schematic.name}</span>
      ) : (
        <Menu position="bottom-start">
          <Menu.Target>
            <button type="button" className={styles.switch} title={texts.otherSchematic}>
              <span>{schematic.name}</span>
              <ChevronIcon size={14} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {all.map((each) => (
              <Menu.Item key={each.id} onClick={() => navigate(`/t/${tenant!.slug}/plant/${each.id}`)}>
                {each.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {version && (version.valid_from > 0 || schematic.versions.length > 1) && (
        <span className={styles.version} title={version.note || undefined}>
          {texts.version(version.version, version.valid_from > 0 ? formatDate(version.valid_from, zone) : undefined)}
        </span>
      )}
    </span>
  );
}
