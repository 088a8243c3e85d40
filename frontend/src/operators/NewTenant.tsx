import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { formatDate } from "../format";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { createTenant } from "./api";
import type { KeptDisk } from "./api";

/** What a name becomes as a slug: the part of addresses that is never changed again. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}

interface Props {
  disks: KeptDisk[];
  close: () => void;
  created: (slug: string) => void;
}

export function NewTenant({ disks, close, created }: Props) {
  const [name, setName] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [disk, setDisk] = useState<string | null>(null);
  const client = useQueryClient();
  const slug = own ?? slugOf(name);
  const create = useMutation({
    mutationFn: () => createTenant({ slug, name: name.trim() || slug, adopt_disk: disk }),
    onSuccess: (tenant) => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      created(tenant.slug);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened onClose={close} title="New tenant" size={420}>
      <form className={ui.form} onSubmit={submit}>
        {create.isError && <Trouble error={create.error} />}
        <TextInput
          label="Name"
          placeholder="Harbour Tower"
          data-autofocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Slug"
          description="Its part of every address. It stays as it is for ever."
          value={slug}
          onChange={(event) => setOwn(event.currentTarget.value)}
        />
        {disks.length > 0 && (
          <Select
            label="Disk"
            description="A kept disk brings back the data and the documents that lie on it."
            data={[
              { value: "", label: "A new, empty one" },
              ...disks.map((each) => ({
                value: each.id,
                label: `${each.name}, kept ${formatDate(each.kept, "UTC")}`,
              })),
            ]}
            value={disk ?? ""}
            onChange={(value) => setDisk(value || null)}
          />
        )}
        <div className={ui.actions}>
          <Button type="submit" loading={create.isPending} disabled={!slug}>
            Create
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
