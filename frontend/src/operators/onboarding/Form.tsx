import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { errorText } from "../../api/problem";
import { formatDate } from "../../format";
import { Card } from "../../ui/Card";
import { Segments } from "../../ui/Segments";
import { SubmitForm } from "../../ui/SubmitForm";
import ui from "../../ui/ui.module.css";
import { previewTenant, readDisks, useCreate, useOptions } from "../api";
import type { NewTenant } from "../api";
import { onCluster } from "../drivers";
import { changed, LIMITS, NumberFields, ReleaseSelect, SIZES } from "../fields";
import type { Ring } from "../fields";
import { Manifests } from "../Manifests";
import { slugOf } from "../slug";
import { RingChoice } from "../TenantChange";
import styles from "../operators.module.css";
import { texts } from "./texts";

const DRIVER_HINTS: Record<string, string> = {
  local: texts.local,
  helm: texts.helm,
  gitops: texts.gitops,
};

/** The new tenant, and beside it a preview of its manifests. */
export function Form({ created }: { created: (slug: string) => void }) {
  const options = useOptions().data;
  return options ? <LoadedForm options={options} created={created} /> : null;
}

type Options = NonNullable<ReturnType<typeof useOptions>["data"]>;

function LoadedForm({ options, created }: { options: Options; created: (slug: string) => void }) {
  const [name, setName] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [driver, setDriver] = useState(options.drivers[0]!);
  const [cluster, setCluster] = useState("");
  const [release, setRelease] = useState(options.release);
  const [ring, setRing] = useState<Ring>("all");
  const [size, setSize] = useState(options.size);
  const [limits, setLimits] = useState(options.limits);
  const [disk, setDisk] = useState("");
  const kept = useQuery({ queryKey: ["disks"], queryFn: ({ signal }) => readDisks(signal) }).data ?? [];
  const placed = onCluster(driver);
  const place = placed ? cluster : "";
  const disks = kept.filter((each) => each.driver === driver && each.cluster === place);
  const slug = own ?? slugOf(name);
  const wanted: NewTenant = {
    slug,
    name: name.trim() || slug,
    driver,
    cluster: place,
    release,
    ring,
    size: placed ? changed(options.size, size) : {},
    limits: changed(options.limits, limits),
    adopt_disk: disks.some((each) => each.id === disk) ? disk : null,
  };
  const create = useCreate(created);
  const submit = () => create.mutate(wanted);
  return (
    <div className={styles.columns}>
      <Card title={texts.tenant}>
        <SubmitForm onSubmit={submit} error={create.error}>
          <TextInput
            label={texts.name}
            placeholder={texts.namePlaceholder}
            autoFocus
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={texts.slug}
            description={texts.slugHint}
            value={slug}
            onChange={(event) => setOwn(event.currentTarget.value)}
          />
          <div>
            <div className={styles.label}>{texts.driver}</div>
            <Segments
              label={texts.driver}
              value={driver}
              onChange={setDriver}
              choices={options.drivers.map((each) => ({ value: each, label: each }))}
            />
            <p className={ui.sub} style={{ marginTop: 4 }}>
              {DRIVER_HINTS[driver]}
            </p>
          </div>
          {placed && options.clusters.length > 0 && (
            <Select
              label={texts.cluster}
              data={[
                { value: "", label: texts.sharedCluster },
                ...options.clusters.map((each) => ({ value: each, label: each })),
              ]}
              value={cluster}
              onChange={(value) => setCluster(value ?? "")}
            />
          )}
          <ReleaseSelect value={release} onChange={setRelease} />
          <RingChoice value={ring} onChange={setRing} />
          {placed && (
            <NumberFields title={texts.size} names={SIZES} values={size} onChange={setSize} note={texts.sizeHint} />
          )}
          <NumberFields title={texts.limits} names={LIMITS} values={limits} onChange={setLimits} />
          {disks.length > 0 && (
            <Select
              label={texts.disk}
              description={texts.diskHint}
              data={[
                { value: "", label: texts.newDisk },
                ...disks.map((each) => ({
                  value: each.id,
                  label: texts.keptSince(each.name, formatDate(each.kept, "UTC")),
                })),
              ]}
              value={disk}
              onChange={(value) => setDisk(value ?? "")}
            />
          )}
          <div className={ui.actions}>
            <Button type="submit" loading={create.isPending} disabled={!slug}>
              {texts.create}
            </Button>
            <Button variant="default" component={Link} href="/operators/tenants">
              {texts.cancel}
            </Button>
          </div>
        </SubmitForm>
      </Card>
      <Preview wanted={wanted} />
    </div>
  );
}

function Preview({ wanted }: { wanted: NewTenant }) {
  const [text] = useDebouncedValue(JSON.stringify(wanted), 300);
  const body = JSON.parse(text) as NewTenant;
  const found = useQuery({
    queryKey: ["tenants", "preview", text],
    queryFn: ({ signal }) => previewTenant(body, signal),
    enabled: body.slug !== "",
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <Card title={texts.manifestPreview}>
      {body.slug === "" ? (
        <p className={ui.quiet}>{texts.enterName}</p>
      ) : found.isError ? (
        <p className={ui.quiet}>{errorText(found.error)}</p>
      ) : (
        found.data && (
          <>
            <Manifests manifests={found.data.manifests} />
            <p className={ui.sub} style={{ marginTop: 8 }}>
              {texts.previewHint}
            </p>
          </>
        )
      )}
    </Card>
  );
}
