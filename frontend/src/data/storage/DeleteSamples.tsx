import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Site } from "../../api/types";
import { useSite, useSites, useTenant } from "../../tenant";
import { Actions } from "../../ui/Actions";
import { Card } from "../../ui/Card";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import styles from "../data.module.css";
import { deleteSamples } from "./api";
import { texts } from "./texts";

/** For a finished trial, or an import into the wrong site. */
export function DeleteSamples() {
  const sites = useSites().data ?? [];
  const [open, setOpen] = useState(false);
  const [gone, setGone] = useState<Site | null>(null);
  return (
    <Card title={texts.deleteSamples}>
      <p className={`${ui.quiet} ${styles.intro}`}>{texts.deleteSamplesIntro}</p>
      {gone && (
        <p role="status" className={styles.intro}>
          {texts.samplesDeleted(gone.name)}
        </p>
      )}
      <Button variant="default" disabled={sites.length === 0} onClick={() => setOpen(true)}>
        {texts.deleteSiteSamplesButton}
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
  const submit = () => {
    if (typed === site.slug) remove.mutate();
  };
  return (
    <Modal opened onClose={close} title={texts.deleteSiteSamples} size={440}>
      <SubmitForm onSubmit={submit} error={remove.error}>
        <Select
          label={texts.site}
          data={sites.map((each) => ({ value: each.id, label: each.name }))}
          value={site.id}
          onChange={(value) => {
            if (value) setId(value);
            setTyped("");
          }}
        />
        <p>{texts.deleteWarning(site.name)}</p>
        <TextInput
          label={texts.typeConfirm(site.slug)}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Actions does={texts.delete} close={close} danger disabled={typed !== site.slug} loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
