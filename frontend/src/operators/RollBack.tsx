import { Modal, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { Actions } from "../ui/Actions";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { rollBack, useMembers } from "./api";
import type { Rollout } from "./api";
import type { Ring } from "./fields";

export const WENT = ["upgrading", "checking", "soaking", "done", "failed"];

/** Back to the release that each came from: one tenant, a ring, or all that were upgraded. */
export function RollBack({ rollout, tenant, close }: { rollout: Rollout; tenant?: string; close: () => void }) {
  const client = useQueryClient();
  const [what, setWhat] = useState(tenant ? `tenant:${tenant}` : "all:");
  const rings = rollout.rings.filter((each) => WENT.some((state) => each.states[state]));
  const groups = [
    { value: "all:", label: "Every tenant that was upgraded" },
    ...rings.map((each) => ({ value: `ring:${each.ring}`, label: `Ring ${each.ring}` })),
  ];
  const chosen = what.startsWith("tenant:") ? what.slice("tenant:".length) : null;
  const label = chosen ?? groups.find((each) => each.value === what)?.label ?? "";
  const [search, setSearch] = useState(label);
  const q = groups.some((each) => each.label === search) ? "" : search.trim();
  const members = useMembers(rollout, { q, state: WENT.join(), limit: 50 }).data?.pages[0]?.results ?? [];
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go.mutate();
  };
  const one = members.find((each) => each.tenant === chosen);
  return (
    <Modal opened onClose={close} title={`Roll back release ${rollout.release}`} size={440}>
      <form className={ui.form} onSubmit={submit}>
        {go.isError && <Trouble error={go.error} />}
        <Select
          label="What goes back"
          searchable
          data={[...groups, ...names.map((name) => ({ value: `tenant:${name}`, label: name }))]}
          onSearchChange={setSearch}
          nothingFoundMessage="No tenant that was upgraded has this in its slug"
          value={what}
          onChange={(value) => value && setWhat(value)}
        />
        <p className={ui.quiet}>
          {chosen
            ? `${chosen} goes back to ${one ? (one.before ? `release ${one.before}` : "what the chart has") : "the release that it came from"}.`
            : "Each goes back to the release that it came from. A roll-out that runs is paused."}{" "}
          Samples and documents stay; each InfluxDB is restarted once.
        </p>
        {/* While something else is typed, nobody means what was chosen before. */}
        <Actions does="Roll back" close={close} disabled={search !== label} loading={go.isPending} />
      </form>
    </Modal>
  );
}
