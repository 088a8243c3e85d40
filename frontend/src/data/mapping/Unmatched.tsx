import { Autocomplete, Select, TextInput } from "@mantine/core";
import { useSites } from "../../tenant";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import ui from "../../ui/ui.module.css";
import { useSourceNames } from "../flow/sources";
import type { ApartDraft, Draft } from "./draft";
import styles from "./mapping.module.css";
import { texts } from "./texts";
import type { MappingState } from "./useMapping";

const CHOICES = (["keep", "create", "reject"] as const).map((value) => ({
  value,
  label: texts.unmatchedChoices[value],
}));
const BY = (["sensor", "time"] as const).map((value) => ({ value, label: texts.byChoices[value] }));

/** The settings beside the rules: what becomes of what none matches, and how writers of one series are told apart. */
export function Unmatched({ mapping, mayEdit }: { mapping: MappingState; mayEdit: boolean }) {
  const draft = mapping.draft!;
  const sites = useSites().data ?? [];
  const edit = (part: Partial<Draft>, what?: string) => mapping.edit({ ...draft, ...part }, what);
  const { ids, nameOf } = useSourceNames();
  const names = [...new Set([...ids, ...draft.distinguish.map((each) => each.source)])];
  return (
    <Card title={texts.unmatched}>
      <fieldset disabled={!mayEdit} className={styles.settings}>
        <div className={styles.setting}>
          <Segments
            label={texts.unmatched}
            value={draft.unmatched}
            choices={CHOICES}
            onChange={(unmatched) => edit({ unmatched })}
          />
          <p className={ui.sub}>{texts.unmatchedWhy[draft.unmatched]}</p>
        </div>
        <Autocomplete
          className={styles.setting}
          label={texts.defaultSite}
          description={texts.defaultSiteHint}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={texts.noSite}
          data={sites.map((site) => site.slug)}
          value={draft.site}
          error={mapping.errors.site}
          onChange={(site) => edit({ site }, "site")}
        />
        <div className={styles.setting}>
          <span className={styles.label}>{texts.distinguish}</span>
          <div className={styles.aparts}>
            {names.map((source) => (
              <Apart
                key={source}
                source={source}
                name={nameOf(source)}
                apart={draft.distinguish.find((each) => each.source === source)}
                error={mapping.errors[`distinguish.${source}`]}
                edit={(next) => {
                  const others = draft.distinguish.filter((each) => each.source !== source);
                  edit({ distinguish: next.tag ? [...others, next] : others }, `distinguish.${source}`);
                }}
              />
            ))}
          </div>
          <p className={ui.sub}>{texts.distinguishHint}</p>
        </div>
      </fieldset>
    </Card>
  );
}

interface ApartProps {
  source: string;
  name: string;
  apart: ApartDraft | undefined;
  error: string | undefined;
  edit: (next: ApartDraft) => void;
}

function Apart({ source, name, apart, error, edit }: ApartProps) {
  const now = apart ?? { source, tag: "", by: "sensor" as const };
  return (
    <div className={apart && styles.apart}>
      <TextInput
        label={name}
        placeholder={texts.notDistinguished}
        value={now.tag}
        error={error}
        spellCheck={false}
        onChange={(event) => edit({ ...now, tag: event.currentTarget.value })}
      />
      {apart && (
        <Select
          label={texts.by}
          data={BY}
          value={now.by}
          onChange={(by) => by && edit({ ...now, by: by as ApartDraft["by"] })}
        />
      )}
    </div>
  );
}
