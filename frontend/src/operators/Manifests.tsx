import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Manifest } from "../api/types";
import { Failed, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import { readManifests } from "./api";
import type { Tenant } from "./api";
import styles from "./operators.module.css";
import { texts } from "./texts";

/** The manifests of a tenant's server, one at a time, to be read and copied. */
export function Manifests({ manifests }: { manifests: Manifest[] }) {
  const [name, setName] = useState(manifests[0]?.name);
  const shown = manifests.find((each) => each.name === name) ?? manifests[0];
  if (!shown) return <p className={ui.quiet}>{texts.noManifests}</p>;
  return (
    <div className={styles.manifests}>
      {manifests.length > 1 && (
        <div className={ui.tabs} role="tablist">
          {manifests.map((each) => (
            <button
              key={each.name}
              type="button"
              role="tab"
              aria-selected={each === shown}
              onClick={() => setName(each.name)}
            >
              {each.name}
            </button>
          ))}
        </div>
      )}
      <Copyable name={manifests.length === 1 ? shown.name : undefined} text={shown.text} />
    </div>
  );
}

export function Copyable({ name, text }: { name?: string; text: string }) {
  const [copied, setCopied] = useState<string>();
  const copy = async () => {
    await navigator.clipboard.writeText(text).catch(() => undefined);
    setCopied(text);
  };
  return (
    <div className={styles.copyable}>
      <div>
        <span className={ui.sub}>{name}</span>
        <Button variant="default" onClick={() => void copy()}>
          {copied === text ? texts.copied : texts.copy}
        </Button>
      </div>
      <pre className={ui.pre} tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}

/** Read again when the tenant is changed. */
export function ManifestsOf({ tenant }: { tenant: Tenant }) {
  const { slug, release, size } = tenant;
  const found = useQuery({
    queryKey: ["tenants", "manifest", slug, release, size],
    queryFn: ({ signal }) => readManifests(slug, signal),
    placeholderData: (before) => before,
    staleTime: 0,
  });
  if (found.isPending) return <Loading />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return <Manifests manifests={found.data.manifests} />;
}

export function ManifestsSheet({ tenant, close }: { tenant: Tenant; close: () => void }) {
  return (
    <Modal opened onClose={close} title={texts.manifestsOf(tenant.slug)} size={820}>
      <ManifestsOf tenant={tenant} />
    </Modal>
  );
}
