import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../../tenant";
import { Card } from "../../ui/Card";
import { ErrorMessage } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { makeIngestToken } from "../api";
import type { Tenant } from "../api";
import { Manifests } from "../Manifests";
import styles from "../operators.module.css";
import { snippets } from "./snippets";
import { texts } from "./texts";

/** Waits for the tenant's first sample, says how to send one, and turns green when it is stored. */
export function FirstData({ tenant }: { tenant: Tenant }) {
  const [site, setSite] = useState("SITE");
  const [tag, setTag] = useState("TT-101");
  const membership = useMe().data?.tenants.find((each) => each.slug === tenant.slug);
  const make = useMutation({ mutationFn: () => makeIngestToken(tenant.slug) });
  const last = tenant.usage?.last_data ?? null;
  const ways = snippets({ url: location.origin, token: make.data?.token ?? "TOKEN", site, tag });
  return (
    <Card title={texts.firstData}>
      <div className={ui.form}>
        <div className={styles.first} data-state={last === null ? "waiting" : "there"} role="status">
          <span className={styles.mark} aria-hidden="true">
            {last !== null && "✓"}
          </span>
          {last === null ? (
            <span>
              {texts.waiting}
              {!!tenant.usage?.waiting && texts.accepted}
            </span>
          ) : (
            <span>
              <b>{texts.received}</b>
              {texts.latest} <Ago ms={last} />.
            </span>
          )}
        </div>
        {last === null && tenant.disk !== tenant.id && <p>{texts.adopted}</p>}
        {last === null && (
          <>
            <p className={ui.quiet}>
              {texts.sampleHint} {membership ? texts.tokenHint : texts.administratorTokenHint}
            </p>
            {make.isError && <ErrorMessage error={make.error} />}
            <div className={styles.sendForm}>
              <TextInput label={texts.site} value={site} onChange={(event) => setSite(event.currentTarget.value)} />
              <TextInput label={texts.sensor} value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
              {membership && (
                <Button
                  variant="default"
                  loading={make.isPending}
                  disabled={make.isSuccess}
                  onClick={() => make.mutate()}
                >
                  {make.isSuccess ? texts.tokenCreated : texts.createToken}
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
