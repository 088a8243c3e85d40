import { Autocomplete, Button, Checkbox, Select, TextInput } from "@mantine/core";
import { useSites } from "../../tenant";
import { Inspector, InspectorSection } from "../../frame";
import { useUnits } from "../../sensors/api";
import { CloseIcon } from "../../ui/icons";
import ui from "../../ui/ui.module.css";
import { useSourceNames } from "../flow/sources";
import type { Errors, RuleDraft, TagDraft } from "./draft";
import styles from "./mapping.module.css";
import { texts } from "./texts";
import { tagsText } from "./trial";
import type { Row } from "./trial";
import { TriedValue } from "./TrialTable";

const MAX_EXAMPLES = 6;

interface Props {
  rule: RuleDraft;
  number: number;
  errors: Errors;
  mayEdit: boolean;
  /** What the trial says of it. */
  rows: Row[];
  edit: (part: Partial<RuleDraft>, what?: string) => void;
  duplicate: () => void;
  remove: () => void;
  close: () => void;
}

/** One rule: what it matches, which sensor that is, and what it takes of the latest arrivals. */
export function RuleForm({ rule, number, errors, mayEdit, rows, edit, duplicate, remove, close }: Props) {
  const sites = useSites().data ?? [];
  const units = useUnits();
  const { ids, nameOf } = useSourceNames();
  const error = (field: string) => errors[`rules[${number - 1}].${field}`];
  type TextField = "name" | "field" | "site" | "sensor" | "unit" | "scale" | "offset" | "description";
  const of = (field: TextField) => ({
    value: rule[field],
    error: error(field),
    spellCheck: false,
  });
  const typed = (field: TextField) => ({
    ...of(field),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => edit({ [field]: event.currentTarget.value }, field),
  });
  return (
    <Inspector title={rule.name ? texts.ruleTitle(number) : texts.newTitle} onClose={close}>
      <fieldset disabled={!mayEdit} className={styles.fields}>
        <h3>{texts.when}</h3>
        <TextInput label={texts.name} description={texts.nameHint} autoFocus={!rule.name} {...typed("name")} />
        <Tags tags={rule.tags} errors={(key) => error(`tags.${key}`)} edit={(tags, what) => edit({ tags }, what)} />
        {error("tags") && <p className={`${ui.sub} ${ui.bad}`}>{error("tags")}</p>}
        <div className={styles.pair}>
          <TextInput label={texts.field} {...typed("field")} />
          <Select
            label={texts.source}
            data={[
              { value: "", label: texts.anySource },
              ...[...new Set([...ids, ...(rule.source ? [rule.source] : [])])].map((value) => ({
                value,
                label: nameOf(value),
              })),
            ]}
            value={rule.source}
            error={error("source")}
            onChange={(source) => edit({ source: source ?? "" })}
          />
        </div>
        <h3>{texts.then}</h3>
        <div className={styles.pair}>
          <Autocomplete
            label={texts.site}
            data={sites.map((site) => site.slug)}
            {...of("site")}
            onChange={(site) => edit({ site }, "site")}
          />
          <Autocomplete
            label={texts.unit}
            data={units}
            limit={30}
            {...of("unit")}
            placeholder={texts.unitHint}
            onChange={(unit) => edit({ unit }, "unit")}
          />
        </div>
        <TextInput label={texts.sensor} description={texts.sensorHint} {...typed("sensor")} />
        <div className={styles.pair}>
          <TextInput label={texts.scale} {...typed("scale")} />
          <TextInput label={texts.offset} {...typed("offset")} />
        </div>
        <TextInput label={texts.description} {...typed("description")} />
        <Checkbox
          label={texts.enabled}
          checked={rule.enabled}
          onChange={(event) => edit({ enabled: event.currentTarget.checked })}
        />
      </fieldset>
      {mayEdit && <Examples rows={rows} />}
      {mayEdit && (
        <div className={`${ui.actions} ${styles.below}`}>
          <Button variant="default" onClick={duplicate}>
            {texts.duplicate}
          </Button>
          <Button variant="default" color="red" onClick={remove}>
            {texts.remove}
          </Button>
        </div>
      )}
    </Inspector>
  );
}

interface TagsProps {
  tags: TagDraft[];
  errors: (key: string) => string | undefined;
  edit: (tags: TagDraft[], what?: string) => void;
}

function Tags({ tags, errors, edit }: TagsProps) {
  const withTag = (place: number, part: Partial<TagDraft>) =>
    tags.map((tag, index) => (index === place ? { ...tag, ...part } : tag));
  return (
    <div className={styles.tags} role="group" aria-label={texts.tags}>
      <span className={styles.label}>{texts.tags}</span>
      {tags.map((tag, place) => (
        <div key={place} className={styles.tag}>
          <TextInput
            aria-label={texts.tagKey}
            placeholder={texts.tagKey}
            value={tag.key}
            spellCheck={false}
            onChange={(event) => edit(withTag(place, { key: event.currentTarget.value }), `tags.${place}.key`)}
          />
          <TextInput
            aria-label={texts.tagText}
            placeholder={texts.tagText}
            value={tag.text}
            error={errors(tag.key)}
            spellCheck={false}
            onChange={(event) => edit(withTag(place, { text: event.currentTarget.value }), `tags.${place}.text`)}
          />
          <button
            type="button"
            className={styles.remove}
            aria-label={texts.removeTag(tag.key)}
            onClick={() => edit(tags.filter((_, index) => index !== place))}
          >
            <CloseIcon size={14} />
          </button>
        </div>
      ))}
      <button type="button" className={ui.link} onClick={() => edit([...tags, { key: "", text: "" }])}>
        {texts.addTag}
      </button>
    </div>
  );
}

function Examples({ rows }: { rows: Row[] }) {
  if (rows.length === 0) return <p className={ui.quiet}>{texts.takesNone}</p>;
  return (
    <InspectorSection title={texts.takes(rows.length)}>
      {rows.slice(0, MAX_EXAMPLES).map((row) => (
        <div key={row.key} className={styles.exampleRow}>
          <code>
            {row.arrival.name} {tagsText(row.arrival.tags)} {row.field.field}
          </code>
          <div>
            <TriedValue field={row.field} />
          </div>
        </div>
      ))}
    </InspectorSection>
  );
}
