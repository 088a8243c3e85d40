import { Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { Actions } from "../../../ui/Actions";
import { SubmitForm } from "../../../ui/SubmitForm";
import { contentBox } from "../../core/edit/boxes";
import { offsetTo } from "../../core/edit/clipboard";
import { randomIds } from "../../core/edit/ids";
import { applyTemplate, inSequence } from "../../core/edit/templates";
import type { Template } from "../../core/edit/templates";
import { useEditing } from "../context";
import { texts as all } from "../texts";

const texts = all.placeTemplate;
const GAP = 40;

interface Props {
  template: Template;
  close: () => void;
  announce: (text: string) => void;
}

/** Places a template once for each asset, one below the other. */
export function TemplateDialog({ template, close, announce }: Props) {
  const { editor, catalog, view, grid } = useEditing();
  const [text, setText] = useState("");
  const place = () => {
    const tags = text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const first = offsetTo(template.clip, view.centre(), grid);
    const height = contentBox({ width: 0, height: 0, ...template.clip })?.height ?? 0;
    const step = Math.ceil((height + GAP) / grid) * grid;
    let open = 0;
    const change = inSequence(
      editor.drawing,
      (tags.length > 0 ? tags : [undefined]).map((tag, index) => (drawing) => {
        const asset = catalog.assets.find((each) => each.tag === tag);
        const target = tag === undefined ? undefined : { tag, ...(asset && { id: asset.id }) };
        const by = { x: first.x, y: first.y + index * step };
        const applied = applyTemplate(drawing, template, by, target, catalog, randomIds);
        open += applied.open;
        return applied.change;
      }),
    );
    editor.insert(change);
    if (open > 0) announce(texts.open(open));
    close();
  };
  return (
    <Modal opened onClose={close} title={texts.title(template.name)} size={440}>
      <SubmitForm onSubmit={place}>
        {template.asset && (
          <Textarea
            data-autofocus
            label={texts.assets}
            description={texts.hint(template.asset)}
            placeholder={texts.plain}
            rows={5}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <Actions does={texts.place} close={close} />
      </SubmitForm>
    </Modal>
  );
}
