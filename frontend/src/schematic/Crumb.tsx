import { Button, Menu } from "@mantine/core";
import { Suspense, useState } from "react";
import { formatDate } from "../format";
import { useShortcuts } from "../keyboard";
import { useNavigateWith, useZone } from "../moment";
import { useTenant } from "../tenant";
import { ChevronIcon } from "../ui/icons";
import type { Schematic, VersionInfo } from "./core/types";
import { useUnpublished } from "./data";
import styles from "./page.module.css";
import { texts } from "./texts";
import { lazy } from "../ui/lazy";

const NewSchematic = lazy(() => import("./editor/NewSchematic"));

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
  const [naming, setNaming] = useState(false);
  const mayDraw = tenant?.role !== "viewer";
  const drafts = useUnpublished(schematic.site, mayDraw);
  return (
    <span className={styles.crumb}>
      <span className={styles.separator}>›</span>
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
          {drafts.map(({ schematic: id, name }) => (
            <Menu.Item key={id} onClick={() => navigate(`/t/${tenant!.slug}/plant/${id}/edit`)}>
              {texts.continueDraft(name)}
            </Menu.Item>
          ))}
          {mayDraw && <Menu.Item onClick={() => setNaming(true)}>{texts.newSchematic}</Menu.Item>}
          <Menu.Divider />
          <Menu.Item onClick={() => navigate(`/t/${tenant!.slug}/plant/symbols`)}>{texts.symbols}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {version && (version.valid_from > 0 || schematic.versions.length > 1) && (
        <span className={styles.version} title={version.note || undefined}>
          {texts.version(version.version, version.valid_from > 0 ? formatDate(version.valid_from, zone) : undefined)}
        </span>
      )}
      {naming && (
        <Suspense fallback={null}>
          <NewSchematic site={schematic.site} close={() => setNaming(false)} />
        </Suspense>
      )}
    </span>
  );
}

/** In the top bar, for those who may draw. */
export function EditButton({ schematic }: { schematic: Schematic }) {
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const mayDraw = tenant !== undefined && tenant.role !== "viewer";
  const edit = () => navigate(`/t/${tenant!.slug}/plant/${schematic.id}/edit`, { at: null });
  useShortcuts("schematic", { edit }, mayDraw);
  if (!mayDraw) return null;
  return (
    <Button variant="default" title={texts.editHint} onClick={edit}>
      {texts.edit}
    </Button>
  );
}
