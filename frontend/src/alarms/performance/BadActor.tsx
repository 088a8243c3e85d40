import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatNumber, durationName, displayUnit } from "../../format";
import { useMomentOf } from "../../moment";
import { useTenant } from "../../tenant";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import { applyProposal, readProposal } from "./api";
import type { Actor, Change, Proposal } from "./api";
import styles from "./performance.module.css";
import { texts } from "../texts";

/** "47 alarms, 41 shorter than 2 min". */
function wordsOf(actor: Actor): string {
  const parts = [texts.actorCount(actor.count)];
  if (actor.shorter_than_2_min > 0) parts.push(texts.actorShort(actor.shorter_than_2_min));
  if (actor.false > 0) parts.push(texts.actorFalse(actor.false));
  return parts.join(", ");
}

export function changeWords(change: Change, unit: string): string {
  const parts: string[] = [];
  if (change.on_delay_s !== null) parts.push(texts.proposedOnDelay(durationName(change.on_delay_s * 1_000)));
  if (change.off_delay_s !== null) parts.push(texts.proposedOffDelay(durationName(change.off_delay_s * 1_000)));
  if (change.deadband !== null)
    parts.push(texts.proposedDeadband([formatNumber(change.deadband), displayUnit(unit)].filter(Boolean).join(" ")));
  return parts.join(texts.and);
}

/** One alarm that is more noise than help: what would make it quieter, and doing that. */
export function BadActor({ actor }: { actor: Actor }) {
  const tenant = useTenant()!;
  const past = useMomentOf((at) => at !== null);
  const client = useQueryClient();
  const [done, setDone] = useState(false);
  const simulate = useMutation({ mutationFn: () => readProposal(actor.key) });
  const apply = useMutation({
    mutationFn: (proposal: Proposal) => applyProposal(proposal),
    onSuccess: () => {
      setDone(true);
      void client.invalidateQueries({ queryKey: [tenant.slug, "rules"] });
      void client.invalidateQueries({ queryKey: [tenant.slug, "alarm performance"] });
    },
  });
  const proposal = simulate.data;
  const may = tenant.role !== "viewer" && !past;
  const why = past ? texts.closedPast : texts.closedViewer;
  return (
    <li className={styles.actor}>
      <div>
        <p>
          <b>{actor.target.tag || actor.target.name}</b> {actor.name}
          {actor.patterns.map((pattern) => (
            <span key={pattern} className={ui.chip} title={texts.patternHints[pattern]}>
              {texts.patterns[pattern]}
            </span>
          ))}
        </p>
        <p className={ui.sub}>{wordsOf(actor)}</p>
        {proposal && !done && (
          <p role="status" className={styles.proposal}>
            {proposal.change && proposal.after
              ? texts.proposal(
                  changeWords(proposal.change, actor.target.unit),
                  proposal.after.raised,
                  proposal.before.raised,
                  proposal.days,
                ) + (proposal.lost > 0 ? ` ${texts.proposalLost(proposal.lost)}` : "")
              : texts.noProposal}
          </p>
        )}
        {done && (
          <p role="status" className={styles.proposal}>
            {texts.applied}
          </p>
        )}
        <ErrorMessage error={simulate.error ?? apply.error} />
      </div>
      {proposal?.change && !done ? (
        <Button
          loading={apply.isPending}
          disabled={!may}
          title={may ? undefined : why}
          onClick={() => apply.mutate(proposal)}
        >
          {texts.apply}
        </Button>
      ) : (
        !proposal && (
          <Button variant="default" loading={simulate.isPending} onClick={() => simulate.mutate()}>
            {texts.simulate}
          </Button>
        )
      )}
    </li>
  );
}
