import { Modal, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Actions } from "../ui/Actions";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { rollBack, useMembers } from "./api";
import type { Rollout } from "./api";
import type { Ring } from "./fields";
import { texts } from "./texts";

export const ROLLED_OUT = ["upgrading", "checking", "soaking", "done", "failed"];

/** Rolls back to each tenant's previous release: one tenant, a ring, or all that were upgraded. */
export function RollBack({ rollout, tenant, close }: { rollout: Rollout; tenant?: string; close: () => void }) {
  const client = useQueryClient();
  const [what, setWhat] = useState(tenant ? `tenant:${tenant}` : "all:");
  const rings = rollout.rings.filter((each) => ROLLED_OUT.some((state) => each.states[state]));
  const groups = [
    { value: "all:", label: texts.allUpgradedTenants },
    ...rings.map((each) => ({ value: `ring:${each.ring}`, label: texts.ringName(each.ring) })),
  ];
  const chosen = what.startsWith("tenant:") ? what.slice("tenant:".length) : null;
  const label = chosen ?? groups.find((each) => each.value === what)?.label ?? "";
  const [search, setSearch] = useState(label);
  const q = groups.some((each) => each.label === search) ? "" : search.trim();
  const members = useMembers(rollout, { q, state: ROLLED_OUT.join(), limit: 50 }).data?.pages[0]?.results ?? [];
  const names = [...new Set([...(chosen ? [chosen] : []), ...members.map((each) => each.tenant)])];
  const go = useMutation({
    mutationFn: () => {
      const [kind, name] = what.split(":");
      return rollBack(rollout.id, kind === "tenant" ? { tenant: name } : kind === "ring" ? { ring: name as Ring } : {});
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["rollouts"] });
      void client.invalidateQueries({ queryKey: ["tenants"] });
      close();
    },
  });
  const submit = () => go.mutate();
  const one = members.find((each) => each.tenant === chosen);
  return (
    <Modal opened onClose={close} title={texts.rollBackRelease(rollout.release)} size={440}>
      <SubmitForm onSubmit={submit} error={go.error}>
        <Select
          label={texts.scope}
          searchable
          data={[...groups, ...names.map((name) => ({ value: `tenant:${name}`, label: name }))]}
          onSearchChange={setSearch}
          nothingFoundMessage={texts.noUpgradedTenant}
          value={what}
          onChange={(value) => value && setWhat(value)}
        />
        <p className={ui.quiet}>
          {chosen
            ? texts.returnsTo(
                chosen,
                one ? (one.before ? texts.releaseNamed(one.before) : texts.chartDefaults) : texts.previousRelease,
              )
            : texts.rollBackAllHint}{" "}
          {texts.rollBackKeeps}
        </p>
        {/* While something else is typed, nobody means what was chosen before. */}
        <Actions does={texts.rollBack} close={close} disabled={search !== label} loading={go.isPending} />
      </SubmitForm>
    </Modal>
  );
}
