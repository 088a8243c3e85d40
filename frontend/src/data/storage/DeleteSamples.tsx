import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import type { Site } from "../../api/types";
import { useSite, useSites, useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { Card } from "../../ui/Card";
import { Trouble } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "../data.module.css";
import { deleteSamples } from "./api";

/** For a trial that is over, or an import into the wrong site. */
export function DeleteSamples() {
  const sites = useSites().data ?? [];
  const [open, setOpen] = useState(false);
  const [gone, setGone] = useState<Site | null>(null);
  return (
    <Card title="Delete samples">
      <p className={`${ui.quiet} ${styles.before}`}>
        All that was measured at a site, with its rollups. Its sensors, assets and drawings stay, and what comes in from
        then on is stored as before.
      </p>
      {gone && (
        <p role="status" className={styles.before}>
          All samples of {gone.name} are deleted.
        </p>
      )}
      <Button variant="default" disabled={sites.length === 0} onClick={() => setOpen(true)}>
        Delete all samples of a site…
      </Button>
      {open && (
        <Form
          sites={sites}
          close={() => setOpen(false)}
          done={(site) => {
            setGone(site);
            setOpen(false);
          }}
        />
      )}
    </Card>
  );
}

function Form({ sites, close, done }: { sites: Site[]; close: () => void; done: (site: Site) => void }) {
  const tenant = useTenant()!;
  const here = useSite();
  const [id, setId] = useState(here?.id ?? sites[0]!.id);
  const [typed, setTyped] = useState("");
  const site = sites.find((each) => each.id === id) ?? sites[0]!;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteSamples(site, typed),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [tenant.slug] });
      done(site);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === site.slug) remove.mutate();
  };
  return (
    <Modal opened onClose={close} title="Delete all samples of a site" size={440}>
      <form className={ui.form} onSubmit={submit}>
        {remove.isError && <Trouble error={remove.error} />}
        <Select
          label="Site"
          data={sites.map((each) => ({ value: each.id, label: each.name }))}
          value={site.id}
          onChange={(value) => {
            if (value) setId(value);
            setTyped("");
          }}
        />
        <p>Every sample of {site.name} is removed for good, live and history. There is no way back.</p>
        <TextInput
          label={`Type ${site.slug} to confirm`}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Actions does="Delete" close={close} danger disabled={typed !== site.slug} loading={remove.isPending} />
      </form>
    </Modal>
  );
}
