import { useQuery } from "@tanstack/react-query";
import { tenantOfPath } from "../../api/client";
import { Loading, ErrorMessage } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { contentOf, readVersions } from "./api";
import type { Rule, RuleContent } from "./api";
import { changedIn } from "./draft";
import { useNameOf, withNames } from "./names";
import styles from "./rules.module.css";
import { texts } from "./texts";

interface Props {
  rule: Rule;
  mayEdit: boolean;
  /** Into the form; it is stored as a new version. */
  restore: (content: RuleContent) => void;
}

/** Who has changed what of a rule, and why. */
export function Versions({ rule, mayEdit, restore }: Props) {
  const nameOf = useNameOf();
  const { data, error } = useQuery({
    queryKey: [tenantOfPath(), "rules", rule.id, "versions", rule.version],
    queryFn: ({ signal }) => readVersions(rule.id, signal),
  });
  if (error) return <ErrorMessage error={error} />;
  if (!data) return <Loading />;
  const versions = data.results;
  return (
    <ol className={styles.versions}>
      {versions.map((version, index) => {
        const before = versions[index + 1];
        const changed = before ? changedIn(contentOf(before.content), contentOf(version.content)) : [];
        return (
          <li key={version.version}>
            <p>
              <b>{texts.version(version.version)}</b> {version.author} · <Ago ms={version.t} />
              {mayEdit && version.version !== rule.version && (
                <button
                  type="button"
                  className={`${ui.link} ${styles.restore}`}
                  onClick={() => restore({ ...contentOf(withNames(version.content, nameOf)), enabled: rule.enabled })}
                >
                  {texts.restore}
                </button>
              )}
            </p>
            {version.content.note && <p>{version.content.note}</p>}
            <p className={ui.sub}>
              {changed.length > 0 ? texts.changedMembers(changed.join(", ")) : !before && texts.first}
            </p>
          </li>
        );
      })}
    </ol>
  );
}
