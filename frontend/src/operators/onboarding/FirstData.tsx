import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../../tenant";
import { Card } from "../../ui/Card";
import { Trouble } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { makeIngestToken } from "../api";
import type { Tenant } from "../api";
import { Manifests } from "../Manifests";
import styles from "../operators.module.css";
import { snippets } from "./snippets";

/** Waits for the tenant's first sample, says how to send one, and turns green when it is stored. */
export function FirstData({ tenant }: { tenant: Tenant }) {
  const [site, setSite] = useState("SITE");
  const [tag, setTag] = useState("TT-101");
  const seat = useMe().data?.tenants.find((each) => each.slug === tenant.slug);
  const make = useMutation({ mutationFn: () => makeIngestToken(tenant.slug) });
  const last = tenant.usage?.last_data ?? null;
  const ways = snippets({ url: location.origin, token: make.data?.token ?? "TOKEN", site, tag });
  return (
    <Card title="First data">
      <div className={ui.form}>
        <div className={styles.first} data-state={last === null ? "waiting" : "there"} role="status">
          <span className={styles.mark} aria-hidden="true">
            {last !== null && "✓"}
          </span>
          {last === null ? (
            <span>
              Waiting for the first sample. This page looks every two seconds.
              {!!tenant.usage?.waiting && " One is accepted and about to be stored."}
            </span>
          ) : (
            <span>
              <b>First data received</b>, the newest <Ago ms={last} />.
            </span>
          )}
        </div>
        {last === null && tenant.disk !== tenant.id && (
          <p>It adopted a disk: what lies on that is there already. This waits for the first new sample.</p>
        )}
        {last === null && (
          <>
            <p className={ui.quiet}>
              A sample names its site and its sensor, which must be in the tenant's catalog: its administrator adds them
              under Data.{" "}
              {seat
                ? "The token below is for sending only."
                : "The administrator also makes the token (scope “Send samples”), under the account's API tokens; put it for TOKEN."}
            </p>
            {make.isError && <Trouble error={make.error} />}
            <div className={styles.sending}>
              <TextInput label="Site" value={site} onChange={(event) => setSite(event.currentTarget.value)} />
              <TextInput label="Sensor" value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
              {seat && (
                <Button
                  variant="default"
                  loading={make.isPending}
                  disabled={make.isSuccess}
                  onClick={() => make.mutate()}
                >
                  {make.isSuccess ? "Token made; shown only now" : "Make a token"}
                </Button>
              )}
            </div>
            <Manifests manifests={ways} />
          </>
        )}
      </div>
    </Card>
  );
}
