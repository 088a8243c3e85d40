import type { KeyboardEvent } from "react";
import { Link } from "wouter";
import type { Tile } from "../api/types";
import { useSavedViews } from "../savedViews";
import { useSites, useTenant } from "../tenant";
import { CloseIcon } from "../ui/icons";
import styles from "./dashboards.module.css";
import { useSensors } from "./data";
import { tileLink } from "./links";
import { texts } from "./texts";
import { TileBody } from "./tiles/TileBody";
import { useSchematic, useTileTitle } from "./useTileTitle";

interface Props {
  tile: Tile;
  /** The dashboard's. */
  range: string;
  /** Only while the dashboard is edited. */
  editing?: {
    edit: () => void;
    remove: () => void;
    onKeyDown: (event: KeyboardEvent, title: string) => void;
  };
}

/** A tile with its head. */
export function TileFrame({ tile, range, editing }: Props) {
  const title = useTileTitle(tile);
  const open = useLink(tile, range);
  const plain = tile.kind === "text" && !tile.title && !editing;
  return (
    <section
      className={styles.tile}
      aria-label={title}
      data-kind={tile.kind}
      data-testid={`tile-${tile.id}`}
      {...(editing && {
        tabIndex: 0,
        title: texts.tileHint,
        onKeyDown: (event: KeyboardEvent) => event.target === event.currentTarget && editing.onKeyDown(event, title),
      })}
    >
      {!plain && (
        <header className={styles.tileHead} data-handle={editing ? true : undefined}>
          <h2>{title}</h2>
          {editing ? (
            <span className={styles.tileActions}>
              <button type="button" onClick={editing.edit} aria-label={texts.editTile(title)}>
                {texts.edit}
              </button>
              <button type="button" onClick={editing.remove} aria-label={texts.removeTile(title)}>
                <CloseIcon size={12} />
              </button>
            </span>
          ) : (
            open && (
              <Link className={styles.open} href={open}>
                {tile.kind === "schematic" ? texts.openSchematic : texts.openTrend}
              </Link>
            )
          )}
        </header>
      )}
      <div className={styles.tileBody} inert={editing !== undefined}>
        <TileBody tile={tile} range={range} />
      </div>
    </section>
  );
}

const NONE: string[] = [];

function useLink(tile: Tile, range: string): string | null {
  const base = `/t/${useTenant()?.slug}`;
  const sites = useSites().data;
  const sensors = useSensors(tile.kind === "trend" ? tile.sensors : NONE).known;
  const views = useSavedViews(undefined).data;
  const schematic = useSchematic(tile.schematic).data;
  return tileLink(tile, { base, range, sites, sensors, views, schematic });
}
