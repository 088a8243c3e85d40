import { Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatDuration, formatMoment } from "../../format";
import { useZone } from "../../moment";
import { useTenant } from "../../tenant";
import { CloseIcon } from "../../ui/icons";
import { ErrorMessage } from "../../ui/states";
import styles from "./bookmarks.module.css";
import { useForget } from "./data";
import type { Bookmark } from "./data";
import { texts } from "./texts";

interface Props {
  site: string;
  bookmarks: readonly Bookmark[];
  close: () => void;
  open: (bookmark: Bookmark) => void;
}

/** All bookmarks, the latest first; a click goes there. */
export function BookmarkList({ site, bookmarks, close, open }: Props) {
  const zone = useZone().name;
  const mayDelete = useTenant()?.role !== "viewer";
  const [text, setText] = useState("");
  const forget = useForget(site);
  const wanted = text.trim().toLowerCase();
  const shown = bookmarks.filter(({ name, note }) => `${name} ${note}`.toLowerCase().includes(wanted)).reverse();
  return (
    <Modal opened onClose={close} title={texts.listTitle} size={480}>
      {bookmarks.length === 0 && <p className={styles.when}>{texts.none}</p>}
      {bookmarks.length > 8 && (
        <TextInput
          aria-label={texts.find}
          placeholder={texts.find}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {bookmarks.length > 0 && shown.length === 0 && <p className={styles.when}>{texts.nothing(text)}</p>}
      <ul className={styles.list}>
        {shown.map((bookmark) => (
          <li key={bookmark.id}>
            <button
              type="button"
              className={styles.open}
              onClick={() => {
                open(bookmark);
                close();
              }}
            >
              <b>{bookmark.name}</b>
              <span>
                {formatMoment(bookmark.start, zone)}
                {bookmark.end !== null && ` · ${formatDuration(bookmark.end - bookmark.start)}`}
                {` · ${bookmark.shared ? texts.by(bookmark.author) : texts.own}`}
              </span>
              {bookmark.note && <span className={styles.note}>{bookmark.note}</span>}
            </button>
            {mayDelete && (
              <button
                type="button"
                className={styles.forget}
                aria-label={texts.forget(bookmark.name)}
                title={texts.forget(bookmark.name)}
                disabled={forget.isPending}
                onClick={() => forget.mutate(bookmark.id)}
              >
                <CloseIcon size={14} />
              </button>
            )}
          </li>
        ))}
      </ul>
      <ErrorMessage error={forget.error} />
    </Modal>
  );
}
