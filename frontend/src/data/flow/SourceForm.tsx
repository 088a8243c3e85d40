import { Modal, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../../api/problem";
import { useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { SubmitForm } from "../../ui/SubmitForm";
import { SOURCE_NAMES, sourceName } from "./model";
import { changeSource, createSource, isTokenId, tokenId, tokenNames, useTokens } from "./sources";
import type { NewSource, Source } from "./sources";
import { texts } from "./texts";

interface Props {
  /** Absent: a new one. */
  source?: Source;
  close: () => void;
  done: (id: string) => void;
}

type OnError = NonNullable<NewSource["on_error"]>;

const KINDS = SOURCE_NAMES.map((value) => ({ value, label: sourceName(value) }));
const ON_ERROR = (["skip", "retry", "stop"] as const).map((value) => ({ value, label: texts.onErrorChoices[value] }));
const FIELDS = ["name", "tokens", "on_error", "description"];

/** Who a source is: its name, how it sends, and the tokens that send it. */
export function SourceForm({ source, close, done }: Props) {
  const tenant = useTenant()!;
  const client = useQueryClient();
  const isKind = source?.id === source?.kind && source !== undefined;
  const tokens = useTokens(!isKind);
  const [draft, setDraft] = useState<NewSource>({
    name: source?.name ?? "",
    kind: (source?.kind ?? "influxdb") as NewSource["kind"],
    tokens: source?.tokens ?? [],
    description: source?.description ?? "",
    on_error: source?.on_error ?? "skip",
  });
  const save = useMutation({
    mutationFn: () => {
      const { kind: _kind, ...changes } = draft;
      if (!source) return createSource(draft);
      const own = isKind ? { description: draft.description, on_error: draft.on_error } : changes;
      return changeSource(source.id, { ...own, revision: source.revision });
    },
    onSuccess: (saved) => {
      for (const what of ["flow", "sources"]) void client.invalidateQueries({ queryKey: [tenant.slug, what] });
      done(saved.id);
    },
  });
  const errors = fieldErrors(save.error);
  const edit = (part: Partial<NewSource>) => {
    save.reset();
    setDraft({ ...draft, ...part });
  };
  const onError: OnError = draft.on_error ?? "skip";
  const names = tokenNames(tokens);
  const unknown = draft.tokens.find((token) => !isTokenId(token));
  return (
    <Modal opened onClose={close} title={source ? texts.changeSource : texts.newSource} size={480}>
      <SubmitForm onSubmit={() => save.mutate()} error={errors ? null : save.error}>
        {!isKind && (
          <>
            <TextInput
              label={texts.sourceName}
              autoFocus
              value={draft.name}
              error={errors?.name}
              onChange={(event) => edit({ name: event.currentTarget.value })}
            />
            <Select
              label={texts.kind}
              data={KINDS}
              value={draft.kind}
              disabled={!!source}
              onChange={(kind) => kind && edit({ kind: kind as NewSource["kind"] })}
            />
            <TagsInput
              label={texts.tokens}
              description={texts.tokensHint}
              inputWrapperOrder={["label", "input", "description", "error"]}
              data={tokens.map((token) => token.id)}
              renderOption={({ option }) => `${names.get(option.value) ?? ""} · ${option.value}`}
              value={draft.tokens}
              error={errors?.tokens ?? (unknown && texts.noTokenId(unknown))}
              onChange={(chosen) => edit({ tokens: chosen.map((typed) => tokenId(tokens, typed)) })}
            />
          </>
        )}
        <Select
          label={texts.onError}
          description={texts.onErrorHints[onError]}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={ON_ERROR}
          value={onError}
          error={errors?.on_error}
          onChange={(chosen) => chosen && edit({ on_error: chosen as OnError })}
        />
        <Textarea
          label={texts.description}
          autosize
          minRows={1}
          maxRows={6}
          value={draft.description}
          error={errors?.description}
          onChange={(event) => edit({ description: event.currentTarget.value })}
        />
        <Actions
          does={source ? texts.saveSource : texts.createSource}
          close={close}
          disabled={!isKind && (!draft.name.trim() || !!unknown)}
          loading={save.isPending}
        />
      </SubmitForm>
    </Modal>
  );
}

/** What the server found wrong, by field; null if the response names none of ours. */
function fieldErrors(error: unknown): Record<string, string> | null {
  if (!(error instanceof Problem) || !Array.isArray(error.extra.errors)) return null;
  const listed = error.extra.errors as { field: string; message: string }[];
  if (!listed.every(({ field }) => FIELDS.includes(field))) return null;
  return Object.fromEntries(listed.map(({ field, message }) => [field, message]));
}
