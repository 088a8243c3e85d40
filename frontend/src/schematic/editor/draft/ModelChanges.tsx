import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { tenantOfPath } from "../../../api/client";
import { errorText } from "../../../api/problem";
import { previewChanges } from "../api";
import { useEditing } from "../context";
import { texts as all } from "../texts";
import styles from "./draft.module.css";
import type { DraftState } from "./useDraft";

const texts = all.draft;
const SHOWN = 8;

interface Props {
  draft: DraftState;
  validFrom: number | null;
  /** The drawing has mistakes: the server would refuse it, too. */
  blocked: boolean;
}

/** What publishing the draft does to assets and connections, as the server computes it. */
export function ModelChanges({ draft, validFrom, blocked }: Props) {
  const { editor } = useEditing();
  const preview = useQuery({
    queryKey: [tenantOfPath(), "draft changes", draft.id, draft.revision, validFrom],
    queryFn: ({ signal }) => previewChanges(draft.id, editor.drawing, validFrom, signal),
    enabled: draft.revision !== undefined && draft.state.kind === "saved" && !blocked,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (preview.error) {
    return (
      <p className={styles.quiet}>
        {texts.previewFailed} {errorText(preview.error)}
      </p>
    );
  }
  if (!preview.data) return null;
  const { assets, connections } = preview.data;
  const lines: ReactNode[] = [
    ...assets.created.map(({ tag }) => <Line key={`a ${tag}`} added before={texts.asset(tag).before} bold={tag} />),
    ...connections.created.map(({ source, target, medium }) => (
      <Line
        key={`+ ${source.tag} ${target.tag} ${medium}`}
        added
        before={`${source.tag} `}
        bold={texts.feeds}
        after={` ${target.tag}`}
      />
    )),
    ...connections.ended.map(({ source, target, medium }) => (
      <Line
        key={`- ${source.tag} ${target.tag} ${medium}`}
        before={`${source.tag} `}
        bold={texts.feeds}
        after={` ${target.tag}`}
      />
    )),
  ];
  if (lines.length === 0) return <p className={styles.quiet}>{texts.noChanges}</p>;
  return (
    <div>
      <p className={styles.quiet}>{texts.changes}</p>
      <ul className={styles.changes}>
        {lines.slice(0, SHOWN)}
        {lines.length > SHOWN && <li>{texts.more(lines.length - SHOWN)}</li>}
        {connections.ended.length === 0 && (
          <li>
            <i>−</i> {texts.nothingRemoved}
          </li>
        )}
      </ul>
      {connections.kept.length > 0 && <p className={styles.quiet}>{texts.kept(connections.kept.length)}</p>}
    </div>
  );
}

interface LineProps {
  added?: boolean;
  before: string;
  bold: string;
  after?: string;
}

const Line = ({ added = false, before, bold, after }: LineProps) => (
  <li>
    <i data-added={added}>{added ? "+" : "−"}</i> {before}
    <b>{bold}</b>
    {after}
  </li>
);
