import { useQuery } from "@tanstack/react-query";
import { tenantOfPath } from "../../api/client";
import { InspectorSection } from "../../frame";
import { readRule } from "../rules/api";
import styles from "./details.module.css";
import { texts } from "../texts";

/** What the rule's author wants the operator to do. */
export function Instruction({ rule }: { rule: string }) {
  const { data } = useQuery({
    queryKey: [tenantOfPath(), "rules", rule],
    queryFn: ({ signal }) => readRule(rule, signal),
    enabled: rule !== "",
    staleTime: 60_000,
    retry: false,
  });
  if (!data?.instruction) return null;
  return (
    <InspectorSection title={texts.instruction}>
      <p className={styles.instruction}>{data.instruction}</p>
      {data.owner && <p className={styles.owner}>{texts.ownedBy(data.owner)}</p>}
    </InspectorSection>
  );
}
