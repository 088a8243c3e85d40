import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../api/client";
import type { SavedView } from "../api/types";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { deleteView, saveView, useRefreshViews } from "./data";
import { texts } from "./texts";

interface Props {
  /** Undefined: a new one. */
  view: SavedView | undefined;
  /** What is on the screen, and whether that is something else than the view. */
  trend: SavedView["trend"];
  modified: boolean;
  site: string;
  close: () => void;
  saved: (view: SavedView | undefined) => void;
}

const currentOf = (error: unknown) =>
  error instanceof Problem && error.slug === "stale-revision" ? (error.extra.current as SavedView) : undefined;

export function SaveView({ view, trend, modified, site, close, saved }: Props) {
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState(view?.shared ?? false);
  const [isDefault, setDefault] = useState(view?.default ?? false);
  const [replace, setReplace] = useState(modified);
  const [asking, setAsking] = useState(false);
  const refresh = useRefreshViews();
  const content = { name, site, shared, default: isDefault, trend: view && !replace ? view.trend : trend };
  const done = async (result: SavedView | undefined) => {
    await refresh();
    saved(result);
    close();
  };
  const save = useMutation({ mutationFn: (base?: SavedView) => saveView(content, base), onSuccess: done });
  const remove = useMutation({ mutationFn: deleteView, onSuccess: () => done(undefined) });
  const current = currentOf(save.error) ?? currentOf(remove.error);
  return (
    <Modal opened onClose={close} title={view ? texts.editView : texts.saveView} size={420}>
      {current && (
        <div className={ui.trouble} role="alertdialog" aria-label={texts.conflict(texts.somebody)}>
          <p>{texts.conflict(texts.somebody)}</p>
          <div className={ui.actions}>
            <Button onClick={() => save.mutate(current)}>{texts.saveMine}</Button>
            <Button variant="default" onClick={() => void done(current)}>
              {texts.discard}
            </Button>
          </div>
        </div>
      )}
      <SubmitForm
        onSubmit={() => name.trim() && save.mutate(view)}
        error={current ? null : (save.error ?? remove.error)}
        label={texts.saveView}
      >
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox
          label={texts.share}
          checked={shared}
          disabled={view?.shared && !view.mine}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <Checkbox
          label={texts.makeDefault}
          checked={isDefault}
          onChange={(event) => setDefault(event.currentTarget.checked)}
        />
        {view && modified && (
          <Checkbox
            label={texts.keepState}
            checked={replace}
            onChange={(event) => setReplace(event.currentTarget.checked)}
          />
        )}
        <Actions does={texts.save} close={close} disabled={!name.trim()} loading={save.isPending} />
        {view &&
          (asking ? (
            <div className={ui.actions}>
              <Button color="danger" data-danger loading={remove.isPending} onClick={() => remove.mutate(view)}>
                {texts.deleteView}
              </Button>
              <span className={ui.sub}>{texts.deleteQuestion(view.shared)}</span>
            </div>
          ) : (
            <div>
              <Button variant="default" onClick={() => setAsking(true)}>
                {texts.deleteView}
              </Button>
            </div>
          ))}
      </SubmitForm>
    </Modal>
  );
}
